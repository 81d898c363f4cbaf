namespace EdgeGate.Limits.Overload;

/// <summary>
/// How far up the ladder a resource, or the gateway, is. Each rung does what those below it do, and one thing more.
/// <code>
///   None --80 %--> Warn --90 %--> CloseIdle --100 %--> StopAccepting --110 %--> Reject --120 %--> Reset
///     '&lt;-----------'&lt;--------------'&lt;-------------------'&lt;------------------'&lt;---- 5 % below each
/// </code>
/// </summary>
internal enum OverloadLevel
{
    /// <summary>There is room.</summary>
    None,

    /// <summary>It is told.</summary>
    Warn,

    /// <summary>Idle keep-alive connections are closed, the oldest first.</summary>
    CloseIdle,

    /// <summary>Nobody new is let in; who comes waits or is rejected, as the listener says.</summary>
    StopAccepting,

    /// <summary>Whoever comes is rejected at once.</summary>
    Reject,

    /// <summary>The connections that hold the most memory are reset, a few at a time.</summary>
    Reset,
}
