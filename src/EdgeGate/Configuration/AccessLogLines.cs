namespace EdgeGate.Configuration;

internal enum AccessLogLines
{
    /// <summary>A line for each.</summary>
    All,

    /// <summary>
    /// Of requests, those that were answered with 5xx or failed on their way; of connections, those that ended by
    /// neither side's own will.
    /// </summary>
    Errors,

    /// <summary>No line.</summary>
    Off,
}
