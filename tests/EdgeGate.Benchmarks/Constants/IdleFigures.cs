namespace EdgeGate.Benchmarks.Constants;

/// <summary>The line through two points: what a daemon takes at first, and what each connection adds, in bytes.</summary>
/// <param name="UserEach">The daemon's own memory for each connection.</param>
/// <param name="UserBase">The daemon's own memory where the line begins.</param>
/// <param name="KernelEach">
/// The kernel's memory for each connection. On loopback the machine holds both ends of every connection, and as many
/// accepted as connected sockets, so the gateway's is half.
/// </param>
/// <param name="BuffersEach">What the kernel counts as buffers of its sockets, likewise half.</param>
/// <param name="ChargedEach">The kernel's memory for each connection that is charged to the control group.</param>
/// <param name="ChargedBase">The kernel's memory where that line begins.</param>
internal sealed record IdleFigures(
    double UserEach, double UserBase, double KernelEach, double BuffersEach, double? ChargedEach, double? ChargedBase)
{
    internal static IdleFigures Between(MemoryPoint few, MemoryPoint many)
    {
        double more = many.Connections - few.Connections;
        double user = (many.User - few.User) / more;
        double? charged = (many.Charged - few.Charged) / more;
        return new IdleFigures(
            user, few.User - (user * few.Connections),
            (many.Machine - few.Machine) / more / 2,
            (many.Buffers - few.Buffers) / more / 2,
            charged, few.Charged - (charged * few.Connections));
    }
}
