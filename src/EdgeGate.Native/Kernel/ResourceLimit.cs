namespace EdgeGate.Native.Kernel;

/// <summary>A soft and a hard limit as getrlimit(2) has them.</summary>
/// <param name="Soft">What is enforced now; the process may raise it up to <paramref name="Hard"/>.</param>
/// <param name="Hard">The most that the process may ask for.</param>
public readonly record struct ResourceLimit(long Soft, long Hard)
{
    /// <summary>How "unlimited" is told here.</summary>
    public const long Unlimited = long.MaxValue;
}
