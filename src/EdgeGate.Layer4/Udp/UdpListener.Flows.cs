using System.Net;
using EdgeGate.Native;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport;

namespace EdgeGate.Layer4.Udp;

/// <content>How flows begin.</content>
public sealed partial class UdpListener
{
    private const int DescriptorsPerFlow = 1;
    private const long MillisecondsPerLog = 1000;

    private long? _lastFailureLog;

    /// <summary>Whether a failure may be logged: of many in a second the first is.</summary>
    internal bool MayLogFailure()
    {
        if (_lastFailureLog is { } last && Loop.Now - last < MillisecondsPerLog)
        {
            return false;
        }

        _lastFailureLog = Loop.Now;
        return true;
    }

    private UdpFlow? FlowOf(in DatagramPath path)
    {
        if (!_flows.TryGetValue(path, out UdpFlow? flow))
        {
            return BeginFlow(path, refused: null);
        }

        // One that has a datagram in this batch stays until that is sent.
        if (flow.IsRefused && flow.FirstRequest < 0 && flow.CanMove)
        {
            TcpDestination refused = flow.GiveUp();
            return BeginFlow(path, refused);
        }

        return flow;
    }

    /// <summary>Begins the flow of a client that has none; null if there is no place for it, or nowhere to go.</summary>
    /// <param name="path">Between the client and this machine.</param>
    /// <param name="refused">The destination that the client's last flow ended at; it is taken only if there is no other.</param>
    private UdpFlow? BeginFlow(in DatagramPath path, TcpDestination? refused)
    {
        UdpRelayLane lane = _lane!;
        if (_admission.State != UdpListenerState.Serving)
        {
            return Drop(DropReason.Drain);
        }

        if (path.Remote is not { } remote)
        {
            return Drop(DropReason.Source); // of no family that could be answered
        }

        if (IsOwn(remote, path))
        {
            return Drop(DropReason.Source);
        }

        UdpSource source = UdpSource.Of(remote.Address, lane.Options);
        if (!_admission.TryEnter(source, lane.Options.MaxFlowsPerSource ?? int.MaxValue))
        {
            CountRejected(RejectReason.Limit);
            return null;
        }

        if (Gate.TryAcquire(Options.Quota, DescriptorsPerFlow) is not { } lease)
        {
            Forget(path, source);
            CountRejected(RejectReason.Limit);
            return null;
        }

        TcpDestination? destination = Reach(lane, refused, out Descriptor socket);
        if (destination is null)
        {
            lease.Dispose();
            Forget(path, source);
            return null;
        }

        var flow = new UdpFlow(
            new AcceptedSocket(socket, remote, lease, _first), this, lane, destination, path, source);
        _flows.Add(path, flow);
        Assign(flow, Loop);
        return flow.IsClosed ? null : flow;
    }

    /// <summary>
    /// Whether a datagram claims to come from this listener itself. Its answers would come back as questions, and one
    /// forged datagram would go round for ever.
    /// </summary>
    private bool IsOwn(IPEndPoint remote, in DatagramPath path) =>
        remote.Port == ((IPEndPoint)EndPoint).Port
        && (remote.Address.Equals(path.Local ?? ((IPEndPoint)EndPoint).Address)
            || (path.Local is not null && IPAddress.IsLoopback(remote.Address)));

    /// <summary>Connects a socket to a destination; of several, the first that has a route.</summary>
    private TcpDestination? Reach(UdpRelayLane lane, TcpDestination? refused, out Descriptor socket)
    {
        socket = Descriptor.None;
        for (int i = 0; i < lane.MaxAttempts; i++)
        {
            if (lane.Pick() is not { } destination)
            {
                break;
            }

            if (destination == refused && i < lane.MaxAttempts - 1)
            {
                continue;
            }

            SysResult connected = Connect((IPEndPoint)destination.EndPoint, out socket);
            if (!connected.Failed)
            {
                return destination;
            }

            if (connected.Error.IsDescriptorShortage)
            {
                CountShortage(connected.Error);
                CountRejected(RejectReason.Descriptors);
                return null;
            }

            OnUnreachable(lane, destination, connected.Error);
        }

        if (lane.MaxAttempts == 0 && MayLogFailure())
        {
            UdpRelayLog.NoDestination(lane.Log, Name, lane.Cluster.Name);
        }

        Drop(DropReason.Upstream);
        return null;
    }

    private SysResult Connect(IPEndPoint destination, out Descriptor socket)
    {
        socket = Descriptor.None;
        SysResult opened = SocketFactory.OpenDatagram(destination.AddressFamily);
        if (opened.Failed)
        {
            return opened;
        }

        socket = new Descriptor(opened.Value);
        SysResult connected = SocketIO.Connect(socket, destination);
        if (connected.Failed)
        {
            SocketIO.Close(socket);
            return connected;
        }

        SocketOptions.SetReceiveOffload(socket);
        if (Options.ReceiveBufferBytes is { } receive)
        {
            SocketOptions.SetReceiveBuffer(socket, receive);
        }

        if (Options.SendBufferBytes is { } send)
        {
            SocketOptions.SetSendBuffer(socket, send);
        }

        return connected;
    }

    private void OnUnreachable(UdpRelayLane lane, TcpDestination destination, Errno error)
    {
        lane.Metrics.ConnectFailed(lane.Cluster, destination);
        if (MayLogFailure())
        {
            UdpRelayLog.CannotReach(
                lane.Log, Name, lane.Cluster.Name, destination.Id, $"{destination.EndPoint}", error.ToString());
        }
    }

    private UdpFlow? Drop(DropReason reason)
    {
        Stats.For(Loop).AddDropped(reason);
        return null;
    }
}
