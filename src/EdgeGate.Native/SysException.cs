namespace EdgeGate.Native;

/// <summary>A system call failed where no connection can go on without it: at start-up or on binding.</summary>
/// <param name="what">What was attempted, such as <c>bind 0.0.0.0:80</c>.</param>
/// <param name="error">The system's answer.</param>
public sealed class SysException(string what, Errno error) : IOException($"{what}: {error}")
{
    /// <summary>The system's answer.</summary>
    public Errno Error { get; } = error;
}
