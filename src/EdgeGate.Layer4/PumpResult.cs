namespace EdgeGate.Layer4;

/// <summary>What one run of <see cref="RelayDirection.Pump"/> did.</summary>
internal struct PumpResult
{
    /// <summary>How it ended.</summary>
    internal PumpOutcome Outcome;

    /// <summary>Bytes read from the source.</summary>
    internal int Received;

    /// <summary>Bytes that the sink took.</summary>
    internal int Sent;
}
