using System.Runtime.InteropServices;

namespace EdgeGate.Native.Interop;

/// <summary><c>struct timespec</c> of a 64-bit system.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeSpec
{
    internal long Seconds;
    internal long Nanoseconds;

    internal static TimeSpec FromMilliseconds(int milliseconds) => new()
    {
        Seconds = milliseconds / 1000,
        Nanoseconds = milliseconds % 1000 * 1_000_000L,
    };
}
