using System.Runtime.InteropServices;

namespace EdgeGate.Native.Interop;

/// <summary>Sockets: socket(2), bind(2), accept(2), recv(2), send(2) and their options.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int socket(int domain, int type, int protocol);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bind(int fd, void* address, uint addressLength);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int listen(int fd, int backlog);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int accept(int fd, void* address, uint* addressLength);

    // Linux and FreeBSD; macOS has no such call.
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int accept4(int fd, void* address, uint* addressLength, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int connect(int fd, void* address, uint addressLength);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getsockname(int fd, void* address, uint* addressLength);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int shutdown(int fd, int how);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint recv(int fd, void* buffer, nuint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint send(int fd, void* buffer, nuint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint sendmsg(int fd, MsgHdr* message, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setsockopt(int fd, int level, int option, void* value, uint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getsockopt(int fd, int level, int option, void* value, uint* length);
}
