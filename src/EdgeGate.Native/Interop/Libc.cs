using System.Runtime.InteropServices;

namespace EdgeGate.Native.Interop;

/// <summary>The C library's calls, under the C library's names.</summary>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    // Not retried on EINTR: on Linux the descriptor is gone all the same, and a second close could hit a stranger's.
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int close(int fd);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint write(int fd, void* buffer, nuint count);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int open(byte* path, int flags, int mode);

    [LibraryImport(Library)]
    internal static partial uint geteuid();

    /// <summary>
    /// fcntl(2), whose third argument is variadic. Apple's arm64 passes variadic arguments on the stack, everybody else
    /// an int where a third parameter goes anyway.
    /// </summary>
    internal static int fcntl(int fd, int command, int argument) =>
        OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64
            ? fcntl_on_stack(fd, command, 0, 0, 0, 0, 0, 0, argument)
            : fcntl_in_register(fd, command, argument);

    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    private static partial int fcntl_in_register(int fd, int command, int argument);

    // The paddings take the six registers that are left, so that the argument comes to lie first on the stack.
    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    private static partial int fcntl_on_stack(
        int fd, int command, nint pad2, nint pad3, nint pad4, nint pad5, nint pad6, nint pad7, nint argument);
}
