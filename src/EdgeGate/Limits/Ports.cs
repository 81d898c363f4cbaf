using EdgeGate.Configuration;

namespace EdgeGate.Limits;

/// <summary>
/// Ephemeral ports: each upstream connection takes one for its <see cref="PortPath"/>. A connection over HTTP is counted
/// with one upstream connection, which a WebSocket keeps for good.
/// </summary>
internal sealed class Ports : Limit
{
    public const string Setting = "net.ipv4.ip_local_port_range";

    /// <summary>What the range can be widened to.</summary>
    public const string Widest = "1024 65535";

    private const int WidestCount = 65535 - 1024 + 1;

    /// <summary>The paths of all listeners: what two share counts once. One that is not bounded bounds none.</summary>
    public override LimitCapacity? Measure(PlanInput input)
    {
        var paths = new HashSet<PortPath>();
        foreach (ListenerConfig listener in input.Config.Listeners)
        {
            if (PortPath.Of(input.Config, listener) is not { } own)
            {
                return null;
            }

            paths.UnionWith(own);
        }

        return input.Facts.EphemeralPorts is { } ports && paths.Count > 0
            ? new LimitCapacity("ports", Setting, (long)ports * paths.Count, 0, 1)
            : null;
    }

    /// <summary>How many upstream connections a listener can have; null if that is unknown or without bound.</summary>
    public static long? Of(PlanInput input, ListenerConfig listener) =>
        (long?)input.Facts.EphemeralPorts * PortPath.Of(input.Config, listener)?.Count;

    public override UnmeasuredLimit? WhyNot(PlanInput input) => new("ports", input.Facts.EphemeralPorts is null
        ? $"{Setting} cannot be read here"
        : "a destination is a name, with any number of addresses, or takes no port");

    public override Remedy RemedyFor(PlanInput input, LimitCapacity capacity, long connections)
    {
        long paths = Math.Max(1, capacity.Total / Math.Max(1, input.Facts.EphemeralPorts ?? 1));
        return RemedyFor(input, paths, connections, "the clusters");
    }

    public override IEnumerable<Finding> Examine(PlanInput input, long connections) =>
        input.Config.Listeners
            .Select(l => TooFew(input, l, connections))
            .Concat(input.Config.Listeners.Select(l => InRange(input, l)))
            .OfType<Finding>();

    private static Finding? TooFew(PlanInput input, ListenerConfig listener, long connections)
    {
        long load = Math.Min(connections, listener.Settings.MaxConnections ?? connections);
        if (Of(input, listener) is not { } capacity || capacity >= load)
        {
            return null;
        }

        int ports = input.Facts.EphemeralPorts!.Value;
        int paths = PortPath.Of(input.Config, listener)!.Count;
        bool udp = listener.Protocol == ListenerProtocol.Udp;
        string clusters = Named(PortPath.ClustersOf(input.Config, listener).Select(c => c.ClusterId));
        string way = udp ? "source address" : "pair of source address and destination";
        return new Finding(
            Severity.Warning, "ephemeral-ports", $"too few ports to reach {clusters}",
            $"{Say.Number(ports)} ports × {paths} {way}{(paths == 1 ? "" : udp ? "es" : "s")} "
            + $"= {Say.Number(capacity)} upstream connections",
            $"{Say.Number(load)}, the plan for {listener.Name}",
            $"{listener.Name} lets in no more than {Say.Number(capacity)}. Other processes use ports too: then connecting "
            + "upstream fails with EADDRNOTAVAIL, and edgegate_upstream_connect_failures_total grows.",
            RemedyFor(input, paths, load, clusters));
    }

    private static Remedy RemedyFor(PlanInput input, long paths, long load, string clusters)
    {
        Remedy range = Remedy.Sysctl(input, Setting, Widest);
        long times = (load + (WidestCount * paths) - 1) / (WidestCount * paths);
        return times <= 1
            ? range
            : range with
            {
                Where = $"{(range.Where is { } where ? where + "; " : "")}and {times} source addresses for {clusters} "
                    + $"(Metadata: \"EdgeGate.SourceAddresses\"), or {times} times as many destinations",
            };
    }

    private static string Named(IEnumerable<string> clusters)
    {
        string[] names = [.. clusters];
        return $"{(names.Length == 1 ? "cluster" : "the clusters")} {string.Join(", ", names)}";
    }

    private static Finding? InRange(PlanInput input, ListenerConfig listener)
    {
        int port = listener.Bind.Port;
        string? reserved = input.Facts.Sysctl("net.ipv4.ip_local_reserved_ports");
        return port != 0 && input.Facts.IsEphemeral(port)
            ? new Finding(
                Severity.Warning, "listener-port-ephemeral",
                $"the port of {listener.Name} may be given to an outgoing connection",
                $"{port} lies in {Setting}", "a reserved port",
                "A start now and then fails with \"address already in use\".",
                Remedy.Sysctl(
                    input, "net.ipv4.ip_local_reserved_ports", $"{(string.IsNullOrEmpty(reserved) ? "" : reserved + ",")}{port}"))
            : null;
    }
}
