using System.Runtime.InteropServices;

namespace EdgeGate.Native.Interop;

/// <summary>
/// Where the fields of <c>struct epoll_event</c> lie. The kernel packs the structure on x86-64 (12 bytes, so that
/// 32-bit and 64-bit programs agree) and nowhere else (16 bytes): see <c>EPOLL_PACKED</c> in the kernel's eventpoll.h.
/// </summary>
internal readonly record struct EpollEventLayout(int Size, int DataOffset)
{
    internal static EpollEventLayout Current { get; } = For(RuntimeInformation.ProcessArchitecture);

    internal static EpollEventLayout For(Architecture architecture) =>
        architecture is Architecture.X64 or Architecture.X86
            ? new EpollEventLayout(Size: 12, DataOffset: 4)
            : new EpollEventLayout(Size: 16, DataOffset: 8);
}
