namespace EdgeGate.Native.Interop;

/// <summary>
/// Where the fields of <c>struct kevent</c> lie: the same on macOS, OpenBSD, FreeBSD and in libkqueue, but that
/// FreeBSD 12 and later append <c>uint64_t ext[4]</c>, so only the stride differs. See kqueue(2).
/// </summary>
internal readonly record struct KeventLayout(int Size)
{
    internal const int Ident = 0;    // uintptr_t
    internal const int Filter = 8;   // int16_t
    internal const int Flags = 10;   // uint16_t
    internal const int FilterFlags = 12; // uint32_t
    internal const int Data = 16;    // int64_t
    internal const int UserData = 24; // void*

    internal static KeventLayout Current { get; } = For(OperatingSystem.IsFreeBSD());

    internal static KeventLayout For(bool freeBsd) => new(freeBsd ? 64 : 32);
}
