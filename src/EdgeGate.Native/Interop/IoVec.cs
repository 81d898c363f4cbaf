using System.Runtime.InteropServices;

namespace EdgeGate.Native.Interop;

/// <summary><c>struct iovec</c>: one piece of a gathered send.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVec
{
    internal void* Base;
    internal nuint Length;
}
