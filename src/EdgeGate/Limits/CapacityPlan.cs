using System.Collections.Immutable;
using EdgeGate.Configuration;
using EdgeGate.Native.Kernel;

namespace EdgeGate.Limits;

/// <summary>
/// How many connections this machine holds with this configuration, what binds, and what the operator should
/// know. A pure function of the kernel's facts, the configuration and the tuning file.
/// </summary>
internal sealed record CapacityPlan
{
    private static readonly Limit[] All =
    [
        new Descriptors(), new Backlogs(), new SocketBuffers(), new Ports(), new Conntrack(),
        new SocketMemory(), new Memory(), new Tasks(), new Exposure(), new ServiceSockets(), new TuningDifferences(),
    ];

    /// <summary>The machine that it was made for.</summary>
    public required KernelFacts Facts { get; init; }

    /// <summary>What admission lets in: never more than fits.</summary>
    public required long MaxConnections { get; init; }

    /// <summary>The descriptors that connections may take, all lanes together.</summary>
    public required long DescriptorBudget { get; init; }

    /// <summary>Whether there are descriptors for the pipes of relays that splice.</summary>
    public required bool Splices { get; init; }

    /// <summary>How many would fit, whatever the operator asked for.</summary>
    public required long Fits { get; init; }

    /// <summary>The limit that binds: <see cref="Fits"/> is its number.</summary>
    public required LimitCapacity Binding { get; init; }

    /// <summary>All limits that were measured, the tightest first.</summary>
    public required ImmutableArray<LimitCapacity> Limits { get; init; }

    public required ImmutableArray<ListenerCapacity> Listeners { get; init; }

    /// <summary>The gravest first.</summary>
    public required ImmutableArray<Finding> Findings { get; init; }

    public bool HasErrors => Findings.Any(f => f.Severity == Severity.Error);

    public static CapacityPlan Create(KernelFacts facts, GatewayConfig config, TuningFile? tuning)
    {
        var input = new PlanInput(facts, config, tuning);
        ImmutableArray<LimitCapacity> limits =
            [.. All.Select(limit => limit.Measure(input)).OfType<LimitCapacity>().OrderBy(c => c.Connections)];
        var binding = limits[0];
        var admitted = Math.Min(binding.Connections, Asked(config) ?? binding.Connections);
        return new CapacityPlan
        {
            Facts = facts,
            MaxConnections = admitted,
            DescriptorBudget = limits.First(l => l.Resource == "descriptors").Available,
            Splices = Descriptors.Pipes(input) > 0,
            Fits = binding.Connections,
            Binding = binding,
            Limits = limits,
            Listeners = [.. config.Listeners.Select(l => Capacity(input, l, binding, admitted))],
            Findings =
            [
                .. RequestedConnections.Examine(input, binding)
                    .Concat(All.SelectMany(limit => limit.Examine(input, admitted)))
                    .OrderByDescending(f => f.Severity),
            ],
        };
    }

    // What the operator asked for, at the gateway or, where each listener has its number, at all of them.
    private static long? Asked(GatewayConfig config)
    {
        var listeners = config.Listeners.Sum(l => (long?)l.Settings.MaxConnections ?? int.MaxValue);
        var all = config.Listeners.Length > 0 && config.Listeners.All(l => l.Settings.MaxConnections is not null);
        return all ? Math.Min(listeners, config.Limits.MaxConnections ?? listeners) : config.Limits.MaxConnections;
    }

    private static ListenerCapacity Capacity(PlanInput input, ListenerConfig listener, LimitCapacity binding, long admitted)
    {
        var cost = ConnectionCost.Of(listener.Protocol).Descriptors;
        var fits = Math.Min(binding.Available / cost, input.Config.Limits.MaxConnections is null ? long.MaxValue : admitted);
        return new ListenerCapacity(
            listener.Name, listener.Protocol, listener.Bind.ToString(), cost,
            Math.Min(fits, listener.Settings.MaxConnections ?? fits),
            Backlogs.Effective(input, listener.Settings.Backlog));
    }
}
