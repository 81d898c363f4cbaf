using System.Diagnostics;
using EdgeGate.Native;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport;

namespace EdgeGate.Layer4;

/// <content>Reaching the upstream: one destination after the other, a few at most.</content>
internal sealed partial class TcpRelay
{
    private const int MaxAttempts = 3;
    private static readonly TimeSpan DescriptorCheck = TimeSpan.FromMilliseconds(50);

    private CloseReason _connectFailure = CloseReason.Upstream;
    private bool _awaitsDescriptor;
    private int _descriptorChecks;
    private int _attempts;
    private long _connectBegan;

    private void ConnectNext()
    {
        while (!IsClosed && _attempts++ < Math.Min(MaxAttempts, _cluster!.Destinations.Count))
        {
            _destination = _cluster!.Next();
            if (_destination is not null && BeginConnect(_destination))
            {
                return;
            }
        }

        if (_destination is null)
        {
            RelayLog.NoDestination(_lane.Log, Id, _cluster!.Name);
        }

        Finish(_connectFailure, reset: false);
    }

    private bool BeginConnect(TcpDestination destination)
    {
        _connectBegan = Stopwatch.GetTimestamp();
        SysResult opened = SocketFactory.OpenStream(destination.EndPoint.AddressFamily);
        if (opened.Failed)
        {
            return WaitForDescriptor(opened.Error);
        }

        var upstream = new UpstreamSocket(new Descriptor(opened.Value), this);
        SocketOptions.SetNoDelay(upstream.Descriptor);
        SocketOptions.SetKeepAlive(upstream.Descriptor);
        SocketOptions.SuppressSigPipe(upstream.Descriptor);
        SysResult connected = SocketIO.Connect(upstream.Descriptor, destination.EndPoint);
        if (connected.Failed && connected.Error != Errno.EINPROGRESS)
        {
            upstream.Close(reset: false);
            ConnectFailed(connected.Error.ToString());
            return false;
        }

        // Before the poller knows the socket: a connect that has ended already is reported by the very first wait.
        _upstream = upstream;
        _down = default;
        Loop.Arm(_timer, _lane.Options.ConnectTimeout);
        upstream.Attach(Loop);
        return !upstream.IsClosed;
    }

    /// <summary>
    /// The client has the last descriptor, and its upstream none: it waits for one to come back, for as long as a
    /// connect may take, while the listener accepts nobody else. True if it waits.
    /// </summary>
    private bool WaitForDescriptor(Errno error)
    {
        bool shortage = error.IsDescriptorShortage;
        if (shortage && _descriptorChecks++ * DescriptorCheck < _lane.Options.ConnectTimeout)
        {
            _awaitsDescriptor = true;
            Listener.ReportShortage();
            Loop.Arm(_timer, DescriptorCheck);
            return true;
        }

        ConnectFailed(error.ToString());
        if (shortage)
        {
            Finish(CloseReason.Limit, reset: true); // another destination would need a descriptor too
        }

        return false;
    }

    private void OnConnectEnded(Errno error)
    {
        if (error != Errno.None)
        {
            _connectFailure = CloseReason.Upstream;
            TryAnother(error.ToString());
            return;
        }

        _lane.Metrics.Connected(_cluster!, _destination!, Stopwatch.GetElapsedTime(_connectBegan));
        Transition(RelayState.Open);
        AddProxyHeader();
        ArmIdleTimer(_lane.Options.IdleTimeout);
        PumpBoth();
    }

    private void TryAnother(string error)
    {
        ConnectFailed(error);
        Loop.Disarm(_timer);
        _upstream!.Close(reset: true);
        _upstream = null;
        ConnectNext();
    }

    private void ConnectFailed(string error)
    {
        _lane.Metrics.ConnectFailed(_cluster!, _destination!);
        RelayLog.ConnectFailed(
            _lane.Log, Id, _cluster!.Name, _destination!.Id, _destination.EndPoint.ToString()!, error);
    }
}
