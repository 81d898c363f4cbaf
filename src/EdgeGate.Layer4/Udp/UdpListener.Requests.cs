using EdgeGate.Native;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport;

namespace EdgeGate.Layer4.Udp;

/// <content>The way there: a batch of datagrams is received, sorted by flow, and each flow's are sent with one call.</content>
public sealed partial class UdpListener
{
    private const int BatchesPerTurn = 4;

    private static readonly TimeSpan ErrorPause = TimeSpan.FromMilliseconds(100);

    private readonly DatagramBatch _requests = new(BatchSize, named: true);
    private readonly int[] _nextOfFlow = new int[BatchSize];
    private readonly UdpFlow[] _addressed = new UdpFlow[BatchSize];
    private readonly PauseTimer _pauseTimer;
    private uint _overflows;
    private int _addressedCount;

    private sealed class PauseTimer(UdpListener listener) : LoopTimer
    {
        protected override void OnTimer() => listener.UpdateInterest(reads: true);
    }

    /// <inheritdoc/>
    protected override void OnReadable(bool ending)
    {
        for (int i = 0; i < BatchesPerTurn && !IsClosed; i++)
        {
            _requests.Clear();
            SysResult received = _requests.Receive(Descriptor);
            if (received.Failed)
            {
                OnReceiveFailed(received);
                return;
            }

            CountOverflows();
            SortByFlow();
            Forward();
            if (received.Value < BatchSize)
            {
                return;
            }
        }
    }

    /// <summary>Finds each datagram's flow, and chains the datagrams of one flow in the order that they came in.</summary>
    private void SortByFlow()
    {
        for (int i = 0; i < _requests.Count; i++)
        {
            DatagramPath path = _requests.PathOf(i);
            if (FlowOf(path) is not { } flow)
            {
                continue;
            }

            _nextOfFlow[i] = -1;
            if (flow.FirstRequest < 0)
            {
                flow.FirstRequest = i;
                _addressed[_addressedCount++] = flow;
            }
            else
            {
                _nextOfFlow[flow.LastRequest] = i;
            }

            flow.LastRequest = i;
        }
    }

    private void Forward()
    {
        for (int i = 0; i < _addressedCount; i++)
        {
            UdpFlow flow = _addressed[i];
            int bytes = 0;
            for (int request = flow.FirstRequest; request >= 0; request = _nextOfFlow[request])
            {
                _requests.Enqueue(request);
                bytes += _requests.LengthOf(request);
            }

            flow.FirstRequest = flow.LastRequest = -1;
            flow.Forward(_requests, bytes);
        }

        Array.Clear(_addressed, 0, _addressedCount);
        _addressedCount = 0;
    }

    private void CountOverflows()
    {
        uint now = _requests.Overflows;
        if (now != _overflows)
        {
            Stats.For(Loop).AddDropped(DropReason.Queue, now - _overflows); // unsigned, so it may go round
            _overflows = now;
        }
    }

    private void OnReceiveFailed(SysResult result)
    {
        // Level-triggered and left armed, an error that lasts would be reported for ever.
        if (!result.WouldBlock)
        {
            if (MayLogFailure())
            {
                UdpRelayLog.CannotReceive(Log, Name, ErrorPause, result.Error.ToString());
            }

            UpdateInterest(reads: false);
            Loop.Arm(_pauseTimer, ErrorPause);
        }
    }
}
