using System.Diagnostics.Metrics;
using EdgeGate.Limits.Overload;
using EdgeGate.Native.Kernel;

namespace EdgeGate.Telemetry;

/// <summary>What is used of what, what is done about it, and what the kernel has lost.</summary>
internal static class LimitMetrics
{
    public static void Register(Meter meter, LoadControl load)
    {
        OverloadMonitor monitor = load.Monitor;
        meter.CreateObservableGauge(
            "edgegate.limit.capacity", () => load.Uses().Select(use => Of(use.Resource, use.Capacity)),
            description: "How much of a resource the gateway counts on, in the unit of the resource.");
        meter.CreateObservableGauge(
            "edgegate.limit.used", () => load.Uses().Select(use => Of(use.Resource, use.Used)),
            description: "How much of it is used.");
        meter.CreateObservableGauge(
            "edgegate.overload.level", () => monitor.States.Select(state => Of(state.Use.Resource, (double)state.Level)),
            description: "0: room, 1: warned, 2: idle connections are closed, 3: nobody is let in, 4: newcomers are rejected, "
                + "5: the largest connections are reset.");
        meter.CreateObservableCounter(
            "edgegate.overload.actions", () => Actions(monitor),
            description: "Actions against overload: connections closed or reset, and how often the others began.");
        Counter(meter, load, "edgegate.kernel.listen.overflows", n => n.ListenOverflows, "Handshakes dropped because an accept queue was full.");
        Counter(meter, load, "edgegate.kernel.listen.drops", n => n.ListenDrops, "Connection requests dropped at a listener, the overflows among them.");
        Counter(meter, load, "edgegate.kernel.tcp.backlog.drops", n => n.TcpBacklogDrop, "Segments dropped because a socket's backlog was full.");
        Counter(meter, load, "edgegate.kernel.tcp.memory.pressures", n => n.TcpMemoryPressures, "Times that TCP came under memory pressure.");
    }

    private static Measurement<double> Of(string resource, double value) =>
        new(value, new KeyValuePair<string, object?>("resource", resource));

    private static IEnumerable<Measurement<long>> Actions(OverloadMonitor monitor) =>
        OverloadNames.Actions.Select(action => new Measurement<long>(
            monitor.Taken(action), new KeyValuePair<string, object?>("action", OverloadNames.Of(action))));

    // Of the network namespace, whoever's connections they were.
    private static void Counter(
        Meter meter, LoadControl load, string name, Func<NetstatCounters, long?> value, string description) =>
        meter.CreateObservableCounter(
            name, () => value(load.Kernel.Netstat) is { } count ? [new Measurement<long>(count)] : (Measurement<long>[])[],
            description: description);
}
