using EdgeGate.Benchmarks.Comparison.Load;
using EdgeGate.Benchmarks.Comparison.Peers;

namespace EdgeGate.Benchmarks.Comparison.Workloads;

/// <summary>Work that every proxy is given in turn.</summary>
internal abstract class Workload
{
    /// <summary>The name that the command line knows it by: its group, a dash, and more.</summary>
    internal abstract string Id { get; }

    /// <summary>Those of one group are done one after the other by the same processes.</summary>
    internal string Group => Id[..Id.IndexOf('-', StringComparison.Ordinal)];

    /// <summary>What the work is, for the report.</summary>
    internal abstract string Name { get; }

    /// <summary>What <see cref="Measure"/> gives.</summary>
    internal abstract IReadOnlyList<Figure> Figures { get; }

    /// <summary>The index of the figure that proxies are compared by; less is better.</summary>
    internal virtual int MainFigure => 0;

    /// <summary>What a reader has to know beside the figures; asked for when all are warm.</summary>
    internal virtual string? Note => null;

    /// <summary>A program that it needs.</summary>
    internal virtual Tool? Needs => null;

    /// <summary>Whether each measurement starts a process of its own; else one serves a whole group.</summary>
    internal virtual bool StartsPeers => false;

    /// <summary>Whether a proxy does this work at all.</summary>
    internal abstract bool Suits(Peer peer);

    /// <summary>Works a while so that a just-in-time compiler has seen the hot paths.</summary>
    internal virtual void WarmUp(Peer peer)
    {
    }

    /// <summary>Works and measures: a value for each of <see cref="Figures"/>.</summary>
    internal abstract double[] Measure(Peer peer);
}
