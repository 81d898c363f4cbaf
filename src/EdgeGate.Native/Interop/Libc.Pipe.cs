using System.Runtime.InteropServices;

namespace EdgeGate.Native.Interop;

/// <summary>Pipes as buffers in the kernel: pipe2(2) and splice(2), which Linux alone has.</summary>
internal static unsafe partial class Libc
{
    internal const int F_SETPIPE_SZ = 1031;
    internal const int F_GETPIPE_SZ = 1032;

    internal const uint SPLICE_F_MOVE = 1;
    internal const uint SPLICE_F_NONBLOCK = 2;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int pipe2(int* descriptors, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint splice(
        int from, long* fromOffset, int to, long* toOffset, nuint length, uint flags);
}
