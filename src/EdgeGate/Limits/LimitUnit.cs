namespace EdgeGate.Limits;

/// <summary>What a resource is counted in.</summary>
internal enum LimitUnit
{
    /// <summary>Pieces: descriptors, ports, entries.</summary>
    Count,

    /// <summary>Memory.</summary>
    Bytes,
}
