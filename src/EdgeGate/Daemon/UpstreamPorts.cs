using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using EdgeGate.Layer4.Ports;
using EdgeGate.Native.Kernel;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Daemon;

/// <summary>
/// The ephemeral ports that upstream connections of both layers hold: how many there are, and what is told when there is
/// none.
/// </summary>
internal sealed class UpstreamPorts
{
    private const long MillisecondsPerLog = 1000;

    private readonly ConcurrentDictionary<(string Cluster, string What), long> _logged = new();
    private readonly KernelFactsReader _kernel = new();
    private readonly Counter<long> _exhaustions;
    private readonly ILogger _log;

    public UpstreamPorts(Meter meter, ILogger log)
    {
        _log = log;
        _exhaustions = meter.CreateCounter<long>(
            "edgegate.upstream.port.exhaustions",
            description: "Times that a destination could not be dialled because no ephemeral port was left to it.");
        Table = new PortTable
        {
            Exhausted = OnExhausted,
            Unusable = (cluster, source, error) => TellUnusable(cluster, source, error.ToString()),
        };
        Refresh();
    }

    /// <summary>Where they are counted.</summary>
    public PortTable Table { get; }

    /// <summary>Reads again how many ports the kernel gives out: the range can be changed while the daemon runs.</summary>
    public void Refresh() => Table.Capacity = _kernel.ReadEphemeralPorts() ?? PortTable.Unknown;

    /// <summary>Tells of a source that cannot be bound.</summary>
    public void TellUnusable(string cluster, IPAddress source, string error)
    {
        if (MayLog(cluster, "unusable"))
        {
            DaemonLog.SourceUnusable(_log, cluster, source, error);
        }
    }

    private void OnExhausted(PortExhaustion none)
    {
        _exhaustions.Add(1, new("cluster", none.Cluster), new("destination", none.Destination));
        if (!MayLog(none.Cluster, "exhausted"))
        {
            return;
        }

        if (none.Used >= none.Capacity)
        {
            DaemonLog.PortsExhausted(_log, none.Cluster, none.Destination, none.Address, none.Used, none.Capacity);
        }
        else
        {
            DaemonLog.PortsHeldElsewhere(_log, none.Cluster, none.Destination, none.Address, none.Used, none.Capacity);
        }
    }

    // Of many in a second, the first. Loops race for it, and one wins.
    private bool MayLog(string cluster, string what)
    {
        long now = Environment.TickCount64;
        long last = _logged.GetOrAdd((cluster, what), now - MillisecondsPerLog);
        return now - last >= MillisecondsPerLog && _logged.TryUpdate((cluster, what), now, last);
    }
}
