using EdgeGate.Configuration;

namespace EdgeGate.Limits;

/// <summary>
/// Ephemeral ports: each upstream connection takes one, and one port serves once per destination address
/// and port.
/// </summary>
internal sealed class Ports : Limit
{
    private const int Widest = 65535 - 1024 + 1;

    public override IEnumerable<Finding> Examine(PlanInput input, long connections)
    {
        if (input.Facts.EphemeralPorts is not { } ports)
        {
            return [];
        }

        return input.Config.Listeners
            .SelectMany(l => l.Clusters.Select(cluster => TooFew(input, l, cluster, ports, connections)))
            .Concat(input.Config.Listeners.Select(l => InRange(input, l)))
            .OfType<Finding>();
    }

    private static Finding? TooFew(
        PlanInput input, ListenerConfig listener, string name, int ports, long connections)
    {
        var load = Math.Min(connections, listener.Settings.MaxConnections ?? connections);
        if (input.Config.FindCluster(name)?.Destinations is not { Count: > 0 } destinations)
        {
            return null;
        }

        var places = destinations.Values.Select(d => d.Address).Distinct(StringComparer.OrdinalIgnoreCase).Count();
        if ((long)ports * places >= load)
        {
            return null;
        }

        return new Finding(
            Severity.Warning, "ephemeral-ports", $"too few ports to reach cluster {name}",
            $"{Say.Number(ports)} ports × {places} destination{(places == 1 ? "" : "s")} "
            + $"= {Say.Number((long)ports * places)} upstream connections",
            $"{Say.Number(load)}, the plan for {listener.Name}",
            "Connecting upstream fails with EADDRNOTAVAIL; edgegate_upstream_connect_failures_total grows.",
            (long)Widest * places >= load
                ? "net.ipv4.ip_local_port_range = 1024 65535"
                : $"give cluster {name} {(load + Widest - 1) / Widest} destinations, and net.ipv4.ip_local_port_range = 1024 65535");
    }

    private static Finding? InRange(PlanInput input, ListenerConfig listener)
    {
        var port = listener.Bind.Port;
        var reserved = input.Facts.Sysctl("net.ipv4.ip_local_reserved_ports");
        return port != 0 && input.Facts.IsEphemeral(port)
            ? new Finding(
                Severity.Warning, "listener-port-ephemeral",
                $"the port of {listener.Name} may be given to an outgoing connection",
                $"{port} lies in net.ipv4.ip_local_port_range", "a reserved port",
                "A start now and then fails with \"address already in use\".",
                $"net.ipv4.ip_local_reserved_ports = {(string.IsNullOrEmpty(reserved) ? "" : reserved + ",")}{port}")
            : null;
    }
}
