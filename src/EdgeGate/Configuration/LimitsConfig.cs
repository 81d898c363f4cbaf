namespace EdgeGate.Configuration;

internal sealed record LimitsConfig
{
    /// <summary>Null is "auto": as many as the machine holds.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>Descriptors that no connection may take: logs, DNS, health checks, the admin address.</summary>
    public int ReservedDescriptors { get; init; } = 64;

    /// <summary>The share of the machine's (or control group's) memory that the plan may count on.</summary>
    public double MemoryFraction { get; init; } = 0.8;

    /// <summary>What happens on the way up to the limits, and beyond.</summary>
    public OverloadConfig Overload { get; init; } = new();
}
