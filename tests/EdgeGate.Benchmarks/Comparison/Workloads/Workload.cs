using EdgeGate.Benchmarks.Comparison.Peers;

namespace EdgeGate.Benchmarks.Comparison.Workloads;

/// <summary>Work that every proxy is given in turn.</summary>
internal abstract class Workload
{
    /// <summary>What the work is, for the report.</summary>
    internal abstract string Name { get; }

    /// <summary>The name that <c>--only</c> goes by: relay, udp, http, idle.</summary>
    internal abstract string Group { get; }

    /// <summary>What <see cref="Measure"/> gives; the first is the one that peers are compared by, less is better.</summary>
    internal abstract IReadOnlyList<Figure> Figures { get; }

    /// <summary>Whether each measurement starts a process of its own; else one serves them all.</summary>
    internal virtual bool StartsPeers => false;

    /// <summary>Whether a proxy does this work at all.</summary>
    internal virtual bool Suits(Peer peer) => peer.Variant == Variant.None;

    /// <summary>Works a while so that a just-in-time compiler has seen the hot paths.</summary>
    internal virtual void WarmUp(Peer peer)
    {
    }

    /// <summary>Works and measures: a value for each of <see cref="Figures"/>.</summary>
    internal abstract double[] Measure(Peer peer);
}
