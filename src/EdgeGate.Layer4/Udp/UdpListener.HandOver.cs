using System.Net;
using EdgeGate.Native;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Layer4.Udp;

/// <content>
/// What becomes of the flows when another process serves the listener's sockets. Both have the same sockets open, and a
/// datagram goes to whoever reads first; so each flow that exists gets a socket of its own for what its client sends, and
/// only then does the other process begin to read.
/// </content>
public sealed partial class UdpListener
{
    private bool _handedOver;

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<OwnedDescriptor>> DuplicateAsync()
    {
        OwnedDescriptor?[] copies =
            await Task.WhenAll(_all.Select(socket => socket.DuplicateOneAsync())).ConfigureAwait(false);
        return [.. copies.OfType<OwnedDescriptor>()];
    }

    /// <inheritdoc/>
    public override Task HandOverAsync() => Task.WhenAll(_all.Select(socket =>
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        socket.Home.Post(
            _ =>
            {
                socket.HandOver();
                left.SetResult();
            },
            null);
        return left.Task;
    }));

    /// <summary>Takes what a flow's client sends through the flow's own socket.</summary>
    internal void ReceiveFromClient(Descriptor inlet, UdpFlow flow)
    {
        for (int i = 0; i < BatchesPerTurn && !flow.IsClosed; i++)
        {
            _requests.Clear();
            SysResult received = _requests.Receive(inlet);
            if (received.Failed)
            {
                return; // nothing is there, or the client has gone, which is no reason for a flow to end
            }

            int bytes = 0;
            for (int request = 0; request < _requests.Count; request++)
            {
                // Between bind(2) and connect(2) the socket heard everybody.
                if (flow.Remote!.Equals(_requests.PathOf(request).Remote))
                {
                    _requests.Enqueue(request);
                    bytes += _requests.LengthOf(request);
                }
            }

            flow.Forward(_requests, bytes);
            if (received.Value < BatchSize)
            {
                return;
            }
        }
    }

    private void HandOver()
    {
        if (IsClosed || _handedOver || !_attached)
        {
            return;
        }

        // Once for the flows that there are, and again for those whose first datagram was waiting.
        SocketOptions.SetReusePort(Descriptor);
        SysException? failure = OpenInlets();
        OnReadable(ending: false);
        failure = OpenInlets() ?? failure;
        _handedOver = true;
        Loop.Disarm(_pauseTimer);
        UpdateInterest(reads: false);
        int deaf = _flows.Values.Count(flow => flow.Inlet is null);
        if (deaf > 0)
        {
            UdpRelayLog.CannotKeep(Log, Name, deaf, failure?.Message ?? "they began too late");
        }
    }

    private SysException? OpenInlets()
    {
        SysException? failure = null;
        foreach (UdpFlow flow in _flows.Values.Where(flow => flow.Inlet is null))
        {
            try
            {
                OpenInlet(flow);
            }
            catch (SysException e)
            {
                failure = e;
            }
        }

        return failure;
    }

    private void OpenInlet(UdpFlow flow)
    {
        var own = (IPEndPoint)EndPoint;
        OwnedDescriptor socket = SocketFactory.BindDatagram(
            new IPEndPoint(flow.Path.Local ?? own.Address, own.Port),
            bound =>
            {
                SocketOptions.SetReusePort(bound);
                SocketOptions.SetReceiveOffload(bound);
            });
        SysResult connected = SocketIO.Connect(socket.Descriptor, flow.Remote!);
        if (connected.Failed)
        {
            socket.Dispose();
            throw new SysException($"connect {flow.Remote}", connected.Error);
        }

        flow.Inlet = new UdpInlet(socket.Release(), this, flow);
        flow.Inlet.Attach(Loop);
    }
}
