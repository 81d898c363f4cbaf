using System.Reflection;
using System.Runtime.InteropServices;

namespace EdgeGate.Native.Interop;

/// <summary>
/// kqueue(2). The C library has it on macOS and the BSDs; on Linux libkqueue offers the same calls over epoll, which
/// is how the kqueue poller is tested there.
/// </summary>
internal static unsafe partial class LibKqueue
{
    private const string Library = "kqueue";

    internal const short EVFILT_READ = -1;
    internal const short EVFILT_WRITE = -2;

    internal const ushort EV_ADD = 0x0001;
    internal const ushort EV_DELETE = 0x0002;
    internal const ushort EV_CLEAR = 0x0020;
    internal const ushort EV_ERROR = 0x4000;
    internal const ushort EV_EOF = 0x8000;

    internal const uint NOTE_TRIGGER = 0x01000000;

    /// <summary>The user-triggered filter: −10 on macOS, −11 on FreeBSD and in libkqueue.</summary>
    internal static short EVFILT_USER { get; } = OperatingSystem.IsMacOS() ? (short)-10 : (short)-11;

    // NativeLibrary allows one resolver an assembly; this library is the only one whose name varies.
    static LibKqueue() => NativeLibrary.SetDllImportResolver(typeof(LibKqueue).Assembly, Resolve);

    /// <summary>Whether this machine offers kqueue, natively or through libkqueue.</summary>
    internal static bool IsAvailable()
    {
        nint handle = Resolve(Library, typeof(LibKqueue).Assembly, null);
        return handle != 0 && NativeLibrary.TryGetExport(handle, "kqueue", out _);
    }

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int kqueue();

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int kevent(
        int kq, void* changes, int changeCount, void* events, int eventCount, TimeSpec* timeout);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library)
        {
            return 0;
        }

        ReadOnlySpan<string> candidates =
            OperatingSystem.IsLinux() ? ["libkqueue.so.0", "libkqueue.so"] : ["libc"];
        foreach (string candidate in candidates)
        {
            if (NativeLibrary.TryLoad(candidate, assembly, path, out nint handle))
            {
                return handle;
            }
        }

        return 0;
    }
}
