namespace EdgeGate.Layer4.Upstreams;

/// <summary>What became of an attempt to get a destination.</summary>
internal enum PickOutcome
{
    /// <summary>There is a place.</summary>
    Picked,

    /// <summary>There are destinations, and every place is taken or promised: queue, or refuse.</summary>
    Full,

    /// <summary>No destination is available, or all that are were tried.</summary>
    None,
}
