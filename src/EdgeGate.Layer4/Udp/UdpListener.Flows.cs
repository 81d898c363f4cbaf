using System.Net;
using EdgeGate.Layer4.Upstreams;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport;
using EdgeGate.Transport.Admission;

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
            return BeginFlow(path);
        }

        // One that has a datagram in this batch stays until that is sent.
        var tried = default(TriedDestinations);
        tried.Add(flow.To);
        if (flow.IsRefused && flow.FirstRequest < 0 && _lane!.Cluster.HasUntried(tried))
        {
            flow.GiveUp();
            return BeginFlow(path, tried);
        }

        return flow;
    }

    /// <summary>Begins the flow of a client that has none; null if there is no place for it, or nowhere to go.</summary>
    private UdpFlow? BeginFlow(in DatagramPath path, TriedDestinations tried = default)
    {
        UdpRelayLane lane = _lane!;
        if (path.Remote is not { } remote)
        {
            return Drop(DropReason.Source); // of no family that could be answered
        }

        if (IsOwn(remote, path))
        {
            return Drop(DropReason.Source);
        }

        if (!_admission.TryEnter())
        {
            return Drop(DropReason.Drain);
        }

        if (Admit(remote.Address) is not { } lease)
        {
            Forget(path);
            return null;
        }

        if (Reach(lane, remote.Address, tried, out FlowTarget to) is not { } place)
        {
            lease.Dispose();
            Forget(path);
            return null;
        }

        var flow = new UdpFlow(
            new AcceptedSocket(to.Socket, remote, lease, _first), this, lane, place, to, path);
        _flows.Add(path, flow);
        Assign(flow, Loop);
        return flow.IsClosed ? null : flow;
    }

    /// <summary>A place for one more flow; null, and counted, if the gate or the flow's source has none.</summary>
    private AdmissionLease? Admit(IPAddress source)
    {
        AdmissionLease? lease = Gate.TryAcquire(Options.Quota, DescriptorsPerFlow);
        RejectReason? reason = lease is null ? NoRoom : Options.Sources.Admit(source, lease);
        if (reason is { } why)
        {
            lease?.Dispose();
            CountRejected(why);
            return null;
        }

        return lease;
    }

    /// <summary>
    /// Whether a datagram claims to come from this listener itself. Its answers would come back as questions, and one
    /// forged datagram would go round for ever.
    /// </summary>
    private bool IsOwn(IPEndPoint remote, in DatagramPath path) =>
        remote.Port == ((IPEndPoint)EndPoint).Port
        && (remote.Address.Equals(path.Local ?? ((IPEndPoint)EndPoint).Address)
            || (path.Local is not null && IPAddress.IsLoopback(remote.Address)));

    private UdpFlow? Drop(DropReason reason)
    {
        Stats.For(Loop).AddDropped(reason);
        return null;
    }
}
