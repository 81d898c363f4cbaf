using System.Net;
using System.Net.Sockets;
using EdgeGate.Native.Interop;

namespace EdgeGate.Native.Sockets;

/// <summary>Opens sockets: for listeners at start-up, and for upstream connections on a loop.</summary>
public static unsafe class SocketFactory
{
    /// <summary>Opens a listening TCP socket, non-blocking and close-on-exec, with SO_REUSEADDR.</summary>
    /// <param name="endPoint">Where; port 0 lets the kernel choose.</param>
    /// <param name="backlog">The wanted length of the accept queue; the kernel caps it at net.core.somaxconn.</param>
    /// <param name="configure">Sets options that accepted sockets inherit; called before listen(2).</param>
    /// <exception cref="SysException">EADDRINUSE, EACCES, EADDRNOTAVAIL and the like.</exception>
    public static OwnedDescriptor Listen(IPEndPoint endPoint, int backlog, Action<Descriptor>? configure = null)
    {
        var owned = new OwnedDescriptor(OpenTcp(endPoint.AddressFamily).OrThrow("socket"));
        try
        {
            Descriptor descriptor = owned.Descriptor;
            SocketOptions.Set(descriptor, SocketConstants.SOL_SOCKET, SocketConstants.SO_REUSEADDR, 1)
                .OrThrow("setsockopt SO_REUSEADDR");
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
            {
                // [::] serves both families, as Kestrel, nginx and Envoy users expect of ListenAnyIP.
                int only = endPoint.Address.Equals(IPAddress.IPv6Any) ? 0 : 1;
                SocketOptions.Set(descriptor, SocketConstants.IPPROTO_IPV6, SocketConstants.IPV6_V6ONLY, only)
                    .OrThrow("setsockopt IPV6_V6ONLY");
            }

            configure?.Invoke(descriptor);
            byte* address = stackalloc byte[SocketAddressBytes.MaxSize];
            int size = SocketAddressBytes.Write(endPoint, new Span<byte>(address, SocketAddressBytes.MaxSize));
            SysResult.From(Libc.bind(descriptor.Number, address, (uint)size)).OrThrow($"bind {endPoint}");
            SysResult.From(Libc.listen(descriptor.Number, backlog)).OrThrow($"listen {endPoint}");
            return owned;
        }
        catch
        {
            owned.Dispose();
            throw;
        }
    }

    /// <summary>Opens a TCP socket, non-blocking and close-on-exec. The caller owns the descriptor.</summary>
    public static SysResult OpenTcp(AddressFamily family)
    {
        int domain = family == AddressFamily.InterNetwork ? SocketConstants.AF_INET : SocketConstants.AF_INET6;
        int type = SocketConstants.SOCK_STREAM | SocketConstants.SOCK_NONBLOCK | SocketConstants.SOCK_CLOEXEC;
        SysResult result = SysResult.From(Libc.socket(domain, type, 0));
        if (!result.Failed && SocketConstants.SOCK_NONBLOCK == 0)
        {
            SetNonBlockingAndCloseOnExec(result.Value);
        }

        return result;
    }

    /// <summary>Opens a descriptor that only keeps a place free in the table, so that it can be given up.</summary>
    /// <exception cref="SysException">The table is full already.</exception>
    public static OwnedDescriptor OpenReserve()
    {
        fixed (byte* path = "/dev/null\0"u8)
        {
            return new OwnedDescriptor(
                SysResult.From(Libc.open(path, SocketConstants.O_CLOEXEC, 0)).OrThrow("open /dev/null"));
        }
    }

    /// <summary>The address that a socket is bound to: getsockname(2).</summary>
    public static IPEndPoint? LocalAddress(Descriptor descriptor)
    {
        byte* address = stackalloc byte[SocketAddressBytes.MaxSize];
        uint size = SocketAddressBytes.MaxSize;
        SysResult result = SysResult.From(Libc.getsockname(descriptor.Number, address, &size));
        return result.Failed
            ? null
            : SocketAddressBytes.Read(new ReadOnlySpan<byte>(address, (int)Math.Min(size, SocketAddressBytes.MaxSize)));
    }

    internal static void SetNonBlockingAndCloseOnExec(int descriptor)
    {
        _ = Libc.fcntl(descriptor, SocketConstants.F_SETFD, SocketConstants.FD_CLOEXEC);
        _ = Libc.fcntl(descriptor, SocketConstants.F_SETFL, SocketConstants.O_NONBLOCK);
    }
}
