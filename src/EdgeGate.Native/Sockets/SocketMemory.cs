using EdgeGate.Native.Interop;

namespace EdgeGate.Native.Sockets;

/// <summary>The kernel memory that one socket holds: SO_MEMINFO (include/uapi/linux/sock_diag.h), Linux only.</summary>
public static class SocketMemory
{
    // Indices of the array of 32-bit numbers that the option gives.
    private const int ReceiveAllocated = 0; // SK_MEMINFO_RMEM_ALLOC
    private const int WriteAllocated = 2; // SK_MEMINFO_WMEM_ALLOC
    private const int ForwardAllocated = 4; // SK_MEMINFO_FWD_ALLOC
    private const int WriteQueued = 5; // SK_MEMINFO_WMEM_QUEUED
    private const int Numbers = 9;

    /// <summary>Bytes that wait to be read, to be sent or to be acknowledged, and what is set aside for more; 0 where unknown.</summary>
    public static unsafe long Read(Descriptor descriptor)
    {
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }

        uint* numbers = stackalloc uint[Numbers];
        new Span<uint>(numbers, Numbers).Clear();
        uint size = Numbers * sizeof(uint);
        SysResult result = SysResult.From(Libc.getsockopt(
            descriptor.Number, SocketConstants.SOL_SOCKET, SocketConstants.SO_MEMINFO, numbers, &size));
        return result.Failed
            ? 0
            : (long)numbers[ReceiveAllocated] + numbers[ForwardAllocated]
                + Math.Max(numbers[WriteAllocated], numbers[WriteQueued]); // of TCP both count the same bytes
    }
}
