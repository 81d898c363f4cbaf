using System.Runtime.InteropServices;

namespace EdgeGate.Native.Interop;

/// <summary>
/// Linux's <c>struct cmsghdr</c>: what stands before each piece of control data, cmsg(3). Its length counts the header
/// too, and the next header follows at a multiple of <see cref="Alignment"/>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CmsgHdr
{
    internal const int Alignment = 8;
    internal const int Size = 16;

    internal nuint Length;
    internal int Level;
    internal int Type;

    /// <summary>CMSG_LEN: a header and its data.</summary>
    internal static int LengthOf(int dataBytes) => Size + dataBytes;

    /// <summary>CMSG_SPACE: a header, its data, and what is left empty behind them.</summary>
    internal static int SpaceOf(int dataBytes) => Align(LengthOf(dataBytes));

    internal static int Align(int bytes) => (bytes + Alignment - 1) & -Alignment;
}
