namespace EdgeGate.Benchmarks.Comparison.Workloads;

/// <summary>How long and how much: enough for figures that can be trusted, or only enough to see that all works.</summary>
internal sealed record Scale
{
    internal static Scale Full { get; } = new();

    internal static Scale Quick { get; } = new()
    {
        Duration = TimeSpan.FromSeconds(0.5),
        WarmUpShare = 0.1,
        IdleConnections = 1_000,
        Repetitions = 1,
        Datagrams = 2_000,
    };

    /// <summary>How long a proxy works for one value.</summary>
    internal TimeSpan Duration { get; private init; } = TimeSpan.FromSeconds(1);

    /// <summary>Of the time that a just-in-time compiler needs to have nothing left to make better, how much it gets.</summary>
    internal double WarmUpShare { get; private init; } = 1;

    /// <summary>How many connections are idle at last.</summary>
    internal int IdleConnections { get; init; } = 2_000;

    /// <summary>How many values there are of each figure, if it is not said.</summary>
    internal int Repetitions { get; private init; } = 3;

    /// <summary>How many datagrams come in one burst.</summary>
    internal int Datagrams { get; private init; } = 20_000;
}
