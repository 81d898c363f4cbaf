namespace EdgeGate.Limits.Overload;

/// <summary>The rungs as metrics and JSON spell them.</summary>
internal static class OverloadNames
{
    /// <summary>Every action, from the mildest on.</summary>
    public static IReadOnlyList<OverloadLevel> Actions { get; } =
        [.. Enum.GetValues<OverloadLevel>().Where(level => level != OverloadLevel.None)];

    public static string Of(OverloadLevel level) => level switch
    {
        OverloadLevel.None => "none",
        OverloadLevel.Warn => "warn",
        OverloadLevel.CloseIdle => "close_idle",
        OverloadLevel.StopAccepting => "stop_accepting",
        OverloadLevel.Reject => "reject",
        OverloadLevel.Reset => "reset",
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, null),
    };
}
