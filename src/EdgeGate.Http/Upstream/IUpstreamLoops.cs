namespace EdgeGate.Http.Upstream;

/// <summary>The threads that upstream connections live on. Whoever hosts the gateway provides them.</summary>
public interface IUpstreamLoops
{
    /// <summary>All of them, by index.</summary>
    IReadOnlyList<IUpstreamLoop> All { get; }

    /// <summary>The one whose thread the caller runs on; null on any other thread.</summary>
    IUpstreamLoop? Current { get; }
}
