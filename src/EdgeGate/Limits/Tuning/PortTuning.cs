using System.Globalization;
using EdgeGate.Configuration;

namespace EdgeGate.Limits.Tuning;

/// <summary>Ports for the connections to upstreams, and the listeners' own ports kept out of them.</summary>
internal sealed class PortTuning(PlanInput input, long connections)
{
    private const int Last = 65535;
    private const int Usual = 10240; // above the ports that services commonly listen on
    private const int First = 1024;

    public IEnumerable<Setting> Settings()
    {
        int first = Begin();
        yield return new Setting(
            SettingTarget.Sysctl, "net.ipv4.ip_local_port_range", $"{first} {Last}",
            "Ports for connections to upstreams: each serves once for each destination address and port.");
        if (Reserved(first) is { Length: > 0 } reserved)
        {
            yield return new Setting(
                SettingTarget.Sysctl, "net.ipv4.ip_local_reserved_ports", reserved,
                "The listeners' own ports, which no outgoing connection may be given.");
        }
    }

    public IEnumerable<string> Notes()
    {
        long ports = Count(First);
        foreach (ListenerConfig listener in input.Config.Listeners)
        {
            if (Paths(listener) is { } paths && ports * paths < Load(listener))
            {
                yield return $"{listener.Name} needs {(Load(listener) + ports - 1) / ports} pairs of a source address and a "
                    + $"destination for {Say.Number(Load(listener))} connections: there are {Say.Number(ports)} ports for each, and "
                    + $"it has {paths}. Give its clusters more destinations, or \"EdgeGate.SourceAddresses\".";
            }
        }
    }

    private int Begin()
    {
        long usual = Count(Usual);
        return input.Config.Listeners.All(l => Paths(l) is not { } paths || usual * paths >= Load(l)) ? Usual : First;
    }

    private long Count(int first) => Last - first + 1 - OwnPorts().Count(port => port >= first);

    private long Load(ListenerConfig listener) => Math.Min(connections, listener.Settings.MaxConnections ?? connections);

    private int? Paths(ListenerConfig listener) => PortPath.Of(input.Config, listener)?.Count;

    private IEnumerable<int> OwnPorts() => input.Config.Listeners
        .Select(l => l.Bind.Port).Append(input.Config.Admin.Bind.Port).Where(port => port != 0).Distinct();

    // What is reserved already stays so.
    private string Reserved(int first)
    {
        string has = input.Facts.Sysctl("net.ipv4.ip_local_reserved_ports") ?? "";
        IEnumerable<string> own = OwnPorts().Where(port => port >= first).Order()
            .Select(port => port.ToString(CultureInfo.InvariantCulture))
            .Except(has.Split(','));
        return string.Join(',', has.Split(',', StringSplitOptions.RemoveEmptyEntries).Concat(own));
    }
}
