using System.Runtime.InteropServices;

namespace EdgeGate.Native.Interop;

/// <summary>Datagrams, one at a time and many at once: recvmsg(2), recvmmsg(2), sendmmsg(2).</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint recvmsg(int fd, MsgHdr* message, int flags);

    // Linux alone: FreeBSD's has another signature, and macOS has none.
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int recvmmsg(int fd, MMsgHdr* messages, uint count, int flags, TimeSpec* timeout);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int sendmmsg(int fd, MMsgHdr* messages, uint count, int flags);
}
