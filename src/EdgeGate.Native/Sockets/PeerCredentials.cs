using EdgeGate.Native.Interop;

namespace EdgeGate.Native.Sockets;

/// <summary>Who is at the other end of a Unix socket, as the kernel noted when it connected: unix(7), SO_PEERCRED.</summary>
/// <param name="Process">The process, as this one's namespace numbers it; 0 where it is in another.</param>
/// <param name="User">The user.</param>
public readonly record struct PeerCredentials(int Process, uint User)
{
    // struct ucred: pid, uid, gid.
    private const int Size = 12;

    /// <summary>Whether that is this process's own user, or root.</summary>
    public bool MayCommand => User == 0 || User == Libc.geteuid();

    /// <summary>Asks the kernel; null where it does not say, which is anywhere but on Linux.</summary>
    public static unsafe PeerCredentials? Of(Descriptor descriptor)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        int* credentials = stackalloc int[3];
        uint size = Size;
        SysResult result = SysResult.From(Libc.getsockopt(
            descriptor.Number, SocketConstants.SOL_SOCKET, SocketConstants.SO_PEERCRED, credentials, &size));
        return result.Failed || size != Size ? null : new PeerCredentials(credentials[0], (uint)credentials[1]);
    }
}
