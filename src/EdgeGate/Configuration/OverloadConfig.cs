namespace EdgeGate.Configuration;

/// <summary>
/// At which pressure (used divided by capacity) of any resource the gateway does what. An action that is infinitely far
/// away is off.
/// </summary>
internal sealed record OverloadConfig
{
    /// <summary>Log and count.</summary>
    public double Warn { get; init; } = 0.8;

    /// <summary>Close idle keep-alive connections, the oldest first.</summary>
    public double CloseIdle { get; init; } = 0.9;

    /// <summary>Let nobody new in: who comes waits or is rejected, as the listener says.</summary>
    public double StopAccepting { get; init; } = 1;

    /// <summary>Reject newcomers at once on every listener.</summary>
    public double Reject { get; init; } = 1.1;

    /// <summary>Reset the connections that hold the most memory.</summary>
    public double Reset { get; init; } = 1.2;

    /// <summary>How far the pressure must fall below an action's threshold before the action ends.</summary>
    public double Recovery { get; init; } = 0.05;
}
