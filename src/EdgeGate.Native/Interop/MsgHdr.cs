using System.Runtime.InteropServices;

namespace EdgeGate.Native.Interop;

/// <summary>
/// <c>struct msghdr</c> for sendmsg(2), without its control part. The kernel's <c>msg_iovlen</c> is 64 bits wide on
/// Linux and 32 on the BSDs and macOS; the count is small and the systems little-endian, so one declaration with the
/// upper half as padding serves both. All is zero but what is set.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MsgHdr
{
    internal void* Name;
    internal uint NameLength;
    private readonly uint _padding;
    internal IoVec* Vectors;
    internal nuint VectorCount;
    internal void* Control;
    internal nuint ControlLength;
    internal int Flags;
}
