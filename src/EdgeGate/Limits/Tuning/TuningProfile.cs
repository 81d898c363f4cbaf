namespace EdgeGate.Limits.Tuning;

/// <summary>What a machine is tuned for.</summary>
internal enum TuningProfile
{
    /// <summary>Many connections that are silent most of the time: small buffers.</summary>
    Density,

    /// <summary>Fewer connections that carry much: buffers that grow far.</summary>
    Throughput,
}
