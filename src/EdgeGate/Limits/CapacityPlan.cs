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
        new Descriptors(), new Memory(), new SocketMemory(), new DatagramMemory(), new Ports(), new Conntrack(),
        new Backlogs(), new SocketBuffers(), new Tasks(), new Exposure(), new ServiceSockets(),
        new Certificates(), new TuningDifferences(),
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

    /// <summary>The others that matter here, and why they bound nothing.</summary>
    public required ImmutableArray<UnmeasuredLimit> Unmeasured { get; init; }

    public required ImmutableArray<ListenerCapacity> Listeners { get; init; }

    /// <summary>The gravest first.</summary>
    public required ImmutableArray<Finding> Findings { get; init; }

    public bool HasErrors => Findings.Any(f => f.Severity == Severity.Error);

    public static CapacityPlan Create(KernelFacts facts, GatewayConfig config, TuningFile? tuning)
    {
        var input = new PlanInput(facts, config, tuning);
        var measured = All.Select(limit => (Limit: limit, Capacity: limit.Measure(input)!))
            .Where(pair => pair.Capacity is not null)
            .OrderBy(pair => pair.Capacity.Connections)
            .ToList();
        var (tightest, binding) = measured[0];
        long admitted = Math.Min(binding.Connections, Asked(config) ?? binding.Connections);
        ImmutableArray<LimitCapacity> limits = [.. measured.Select(pair => pair.Capacity)];
        return new CapacityPlan
        {
            Facts = facts,
            MaxConnections = admitted,
            DescriptorBudget = Of(limits, "descriptors")!.Available,
            Splices = Descriptors.Pipes(input) > 0,
            Fits = binding.Connections,
            Binding = binding,
            Limits = limits,
            Unmeasured = [.. All.Where(limit => limit.Measure(input) is null).Select(l => l.WhyNot(input)).OfType<UnmeasuredLimit>()],
            Listeners = [.. config.Listeners.Select(l => Capacity(input, l, admitted))],
            Findings =
            [
                .. Examine(input, tightest, binding, Goal(limits, config)).OrderByDescending(f => f.Severity),
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

    // What the machine is held against: the number asked for, or what its memory and the daemon's descriptors would hold.
    // The kernel's tables cost next to nothing: one that is smaller than that is at its default for want of a line.
    private static long Goal(ImmutableArray<LimitCapacity> limits, GatewayConfig config) => Asked(config)
        ?? Math.Min(Of(limits, "descriptors")!.Connections, Of(limits, "memory")?.Connections ?? long.MaxValue);

    private static IEnumerable<Finding> Examine(PlanInput input, Limit tightest, LimitCapacity binding, long goal)
    {
        List<Finding> requested = [.. RequestedConnections.Examine(input, tightest, binding)];
        var others = All.SelectMany(limit => limit.Examine(input, goal));

        // Said once: an error that names the binding limit needs no warning of the same beside it.
        return requested.Concat(requested.Count == 0 ? others : others.Where(f => f.Id != binding.Resource));
    }

    private static LimitCapacity? Of(ImmutableArray<LimitCapacity> limits, string resource) =>
        limits.FirstOrDefault(l => l.Resource == resource);

    private static ListenerCapacity Capacity(PlanInput input, ListenerConfig listener, long admitted)
    {
        long own = Math.Min(
            listener.Settings.MaxConnections ?? long.MaxValue, Ports.Of(input, listener) ?? long.MaxValue);
        return new ListenerCapacity(
            listener.Name, listener.Protocol, listener.Bind.ToString(), ConnectionCost.Of(listener.Protocol).Descriptors,
            Math.Min(admitted, own), Backlogs.Effective(input, listener.Settings.Backlog), listener.Settings.WhenFull);
    }
}
