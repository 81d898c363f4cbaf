namespace EdgeGate.Layer4.Upstreams.Balancing;

/// <summary>The policies by their names, which are YARP's where YARP has them.</summary>
public static class BalancingPolicies
{
    /// <summary>What a cluster has that says nothing, in YARP too.</summary>
    public const string Default = "PowerOfTwoChoices";

    /// <summary>The same client to the same destination; YARP does not have it.</summary>
    public const string SourceHash = "SourceHash";

    /// <summary>By the destinations' weights; YARP does not have it either.</summary>
    public const string Weighted = "Weighted";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [Default, "RoundRobin", "LeastRequests", "Random", "FirstAlphabetical", SourceHash, Weighted];

    /// <summary>A policy by its name; a name that is none of ours (another of YARP's, made by a plug-in) is the default.</summary>
    internal static BalancingPolicy Create(string? name) => name?.ToUpperInvariant() switch
    {
        "ROUNDROBIN" => new RoundRobinPolicy(),
        "LEASTREQUESTS" => new LeastConnectionsPolicy(),
        "RANDOM" => new RandomPolicy(),
        "FIRSTALPHABETICAL" => new FirstAlphabeticalPolicy(),
        "SOURCEHASH" => new SourceHashPolicy(),
        "WEIGHTED" => new WeightedPolicy(),
        _ => new PowerOfTwoChoicesPolicy(),
    };
}
