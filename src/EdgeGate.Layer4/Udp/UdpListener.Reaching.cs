using System.Net;
using EdgeGate.Layer4.Ports;
using EdgeGate.Layer4.Upstreams;
using EdgeGate.Native;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport;

namespace EdgeGate.Layer4.Udp;

/// <content>How a new flow gets its socket.</content>
public sealed partial class UdpListener
{
    /// <summary>
    /// Connects a socket to a destination; of several, the first that has a route. Nobody waits for a place at one: a
    /// datagram that has to wait is one that came too late.
    /// </summary>
    private DestinationLease? Reach(UdpRelayLane lane, IPAddress source, TriedDestinations tried, out FlowTarget target)
    {
        PickOutcome outcome;
        bool portless = false;
        while ((outcome = Pick(lane, source, tried, out DestinationLease? place)) == PickOutcome.Picked)
        {
            tried.Add(place!.Destination);
            SysResult connected = Connect(lane, place.Destination, out target);
            if (!connected.Failed)
            {
                return place;
            }

            place.Dispose();
            portless |= connected.Error == Errno.EADDRNOTAVAIL;
            if (connected.Error.IsDescriptorShortage)
            {
                CountShortage(connected.Error);
                CountRejected(RejectReason.Descriptors);
                return null;
            }
        }

        if (tried.Count == 0 && MayLogFailure())
        {
            UdpRelayLog.NoDestination(lane.Log, Name, lane.Cluster.Name);
        }

        target = default;
        if (outcome == PickOutcome.Full || portless)
        {
            CountRejected(RejectReason.Limit);
        }
        else
        {
            Drop(DropReason.Upstream);
        }

        return null;
    }

    private static PickOutcome Pick(
        UdpRelayLane lane, IPAddress source, in TriedDestinations tried, out DestinationLease? place)
    {
        place = null;
        return tried.IsFull ? PickOutcome.None : lane.Cluster.TryPick(new PickContext(source, tried), out place);
    }

    /// <summary>Connects a socket to one of a destination's addresses; EADDRNOTAVAIL if no source has a port left.</summary>
    private SysResult Connect(UdpRelayLane lane, Destination destination, out FlowTarget target)
    {
        var connected = SysResult.Failure(Errno.EHOSTUNREACH);
        target = default;
        AddressWalk addresses = destination.Walk();
        while (addresses.TryNext(Loop.Now, out DestinationAddress? address))
        {
            connected = Connect(lane.Cluster, address, out target);
            if (!connected.Failed || connected.Error.IsDescriptorShortage)
            {
                break;
            }

            if (connected.Error == Errno.EADDRNOTAVAIL)
            {
                lane.Cluster.ReportExhausted(destination, address);
                continue;
            }

            address.Failed(Loop.Now);
            OnUnreachable(lane, destination, address, connected.Error);
        }

        return connected;
    }

    /// <summary>Connects a socket, from one source after the other while the kernel finds no port.</summary>
    private SysResult Connect(UpstreamCluster cluster, DestinationAddress address, out FlowTarget target)
    {
        target = default;
        while (address.TryTakePort(out PortPool? port))
        {
            SysResult opened = SocketFactory.OpenDatagram(address.EndPoint.AddressFamily);
            if (opened.Failed)
            {
                port!.Return();
                return opened;
            }

            var socket = new Descriptor(opened.Value);
            SysResult connected = Connect(cluster, socket, address, port!, out bool noPort);
            if (!connected.Failed)
            {
                Configure(socket);
                target = new FlowTarget(address, port!, socket);
                return connected;
            }

            SocketIO.Close(socket);
            if (!noPort)
            {
                port!.Return();
                return connected;
            }
        }

        return SysResult.Failure(Errno.EADDRNOTAVAIL);
    }

    /// <param name="cluster">Whose destination it is.</param>
    /// <param name="socket">The socket.</param>
    /// <param name="address">Whither.</param>
    /// <param name="port">From which ports.</param>
    /// <param name="noPort">It failed for want of a port, which has been returned.</param>
    private static SysResult Connect(
        UpstreamCluster cluster, Descriptor socket, DestinationAddress address, PortPool port, out bool noPort)
    {
        noPort = !cluster.TryBind(socket, port, out SysResult bound);
        if (noPort)
        {
            return bound;
        }

        // The port of a UDP socket is chosen before its destination is looked at, and Linux says EAGAIN if there is none.
        SysResult connected = SocketIO.Connect(socket, address.EndPoint);
        noPort = connected.Error == Errno.EAGAIN || connected.Error == Errno.EADDRNOTAVAIL;
        if (noPort)
        {
            port.ReturnRefused();
        }

        return connected;
    }

    private void Configure(Descriptor socket)
    {
        SocketOptions.SetReceiveOffload(socket);
        if (Options.ReceiveBufferBytes is { } receive)
        {
            SocketOptions.SetReceiveBuffer(socket, receive);
        }

        if (Options.SendBufferBytes is { } send)
        {
            SocketOptions.SetSendBuffer(socket, send);
        }
    }

    private void OnUnreachable(
        UdpRelayLane lane, Destination destination, DestinationAddress address, Errno error)
    {
        lane.Metrics.ConnectFailed(lane.Cluster, destination);
        if (MayLogFailure())
        {
            UdpRelayLog.CannotReach(
                lane.Log, Name, lane.Cluster.Name, destination.Id, $"{address.EndPoint}", error.ToString());
        }
    }
}
