using System.Runtime.InteropServices;

namespace EdgeGate.Native.Interop;

/// <summary>Resource limits: getrlimit(2), setrlimit(2).</summary>
internal static unsafe partial class Libc
{
    /// <summary>7 on Linux, 8 on macOS and the BSDs.</summary>
    internal static readonly int RLIMIT_NOFILE = OperatingSystem.IsLinux() ? 7 : 8;

    [StructLayout(LayoutKind.Sequential)]
    internal struct RLimit
    {
        internal ulong Soft;
        internal ulong Hard;
    }

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getrlimit(int resource, RLimit* limit);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setrlimit(int resource, RLimit* limit);
}
