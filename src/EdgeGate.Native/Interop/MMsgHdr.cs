using System.Runtime.InteropServices;

namespace EdgeGate.Native.Interop;

/// <summary><c>struct mmsghdr</c>: one of the messages of recvmmsg(2) and sendmmsg(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MMsgHdr
{
    internal MsgHdr Header;

    /// <summary>The bytes that were received or sent.</summary>
    internal uint Length;
}
