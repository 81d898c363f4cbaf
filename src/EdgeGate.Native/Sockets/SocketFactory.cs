using System.Net;
using System.Net.Sockets;
using System.Text;
using EdgeGate.Native.Interop;

namespace EdgeGate.Native.Sockets;

/// <summary>Opens sockets: for listeners at start-up, and for upstream connections on a loop.</summary>
public static unsafe class SocketFactory
{
    /// <summary>
    /// Opens a listening stream socket, non-blocking and close-on-exec; a TCP one with SO_REUSEADDR. Of a Unix socket the
    /// file that nobody listens on any more is replaced.
    /// </summary>
    /// <param name="endPoint">Where; port 0 lets the kernel choose.</param>
    /// <param name="backlog">The wanted length of the accept queue; the kernel caps it at net.core.somaxconn.</param>
    /// <param name="configure">Sets options that accepted sockets inherit; called before listen(2).</param>
    /// <param name="mode">Who may connect to a Unix socket; null leaves it to the umask.</param>
    /// <exception cref="SysException">EADDRINUSE, EACCES, EADDRNOTAVAIL and the like.</exception>
    public static OwnedDescriptor Listen(
        EndPoint endPoint, int backlog, Action<Descriptor>? configure = null, UnixFileMode? mode = null)
    {
        var owned = new OwnedDescriptor(OpenStream(endPoint.AddressFamily).OrThrow("socket"));
        try
        {
            Descriptor descriptor = owned.Descriptor;
            Prepare(descriptor, endPoint);
            configure?.Invoke(descriptor);
            byte* address = stackalloc byte[SocketAddressBytes.MaxSize];
            int size = SocketAddressBytes.Write(endPoint, new Span<byte>(address, SocketAddressBytes.MaxSize));
            SysResult.From(Libc.bind(descriptor.Number, address, (uint)size)).OrThrow($"bind {endPoint}");
            if (mode is { } allowed && endPoint is UnixDomainSocketEndPoint && !OperatingSystem.IsWindows())
            {
                // Before listen(2): nobody can connect in between.
                File.SetUnixFileMode(endPoint.ToString()!, allowed);
            }

            Listen(descriptor, backlog).OrThrow($"listen {endPoint}");
            return owned;
        }
        catch
        {
            owned.Dispose();
            throw;
        }
    }

    /// <summary>Listens, or changes the accept queue's length on a socket that does already: listen(2).</summary>
    public static SysResult Listen(Descriptor descriptor, int backlog) =>
        SysResult.From(Libc.listen(descriptor.Number, backlog));

    /// <summary>A second descriptor of the same socket, close-on-exec: fcntl(2), F_DUPFD_CLOEXEC.</summary>
    /// <exception cref="SysException">EMFILE.</exception>
    public static OwnedDescriptor Duplicate(Descriptor descriptor) => new(
        SysResult.From(Libc.fcntl(descriptor.Number, SocketConstants.F_DUPFD_CLOEXEC, 0)).OrThrow("fcntl F_DUPFD_CLOEXEC"));

    /// <summary>
    /// A second descriptor of a socket that other processes have open too, for .NET's <see cref="Socket"/>. It is not
    /// close-on-exec, by which that class tells a socket that it must not disconnect when it is disposed: a disconnect of a
    /// listening socket resets all that waits in its queue, for all processes.
    /// </summary>
    /// <exception cref="SysException">EMFILE.</exception>
    public static Socket DuplicateAsSocket(Descriptor descriptor)
    {
        int copy = SysResult.From(Libc.fcntl(descriptor.Number, SocketConstants.F_DUPFD, 0)).OrThrow("fcntl F_DUPFD");
        return new Socket(new SafeSocketHandle(copy, ownsHandle: true));
    }

    /// <summary>Opens a stream socket, non-blocking and close-on-exec. The caller owns the descriptor.</summary>
    public static SysResult OpenStream(AddressFamily family) => Open(family, SocketConstants.SOCK_STREAM);

    /// <summary>Opens a datagram socket, non-blocking and close-on-exec. The caller owns the descriptor.</summary>
    public static SysResult OpenDatagram(AddressFamily family) => Open(family, SocketConstants.SOCK_DGRAM);

    /// <summary>
    /// Opens a UDP socket on an address, non-blocking and close-on-exec. Without SO_REUSEADDR, which on UDP would let
    /// another process take the datagrams over: socket(7).
    /// </summary>
    /// <param name="endPoint">Where; port 0 lets the kernel choose.</param>
    /// <param name="configure">Sets options; called before bind(2).</param>
    /// <exception cref="SysException">EADDRINUSE, EACCES, EADDRNOTAVAIL and the like.</exception>
    public static OwnedDescriptor BindDatagram(IPEndPoint endPoint, Action<Descriptor>? configure = null)
    {
        var owned = new OwnedDescriptor(OpenDatagram(endPoint.AddressFamily).OrThrow("socket"));
        try
        {
            SetDualStack(owned.Descriptor, endPoint);
            configure?.Invoke(owned.Descriptor);
            byte* address = stackalloc byte[SocketAddressBytes.MaxSize];
            int size = SocketAddressBytes.Write(endPoint, new Span<byte>(address, SocketAddressBytes.MaxSize));
            SysResult.From(Libc.bind(owned.Descriptor.Number, address, (uint)size)).OrThrow($"bind {endPoint}");
            return owned;
        }
        catch
        {
            owned.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Binds a socket that is about to connect to an address of this machine. The port is chosen by connect(2), which
    /// knows the destination: one port then serves once for each of them (IP_BIND_ADDRESS_NO_PORT, ip(7); where there is
    /// no such option, the port is taken now).
    /// </summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="source">The address; its port is 0.</param>
    public static SysResult BindAddressOnly(Descriptor descriptor, IPEndPoint source)
    {
        SocketOptions.SetBindAddressOnly(descriptor);
        byte* address = stackalloc byte[SocketAddressBytes.MaxSize];
        int size = SocketAddressBytes.Write(source, new Span<byte>(address, SocketAddressBytes.MaxSize));
        return SysResult.From(Libc.bind(descriptor.Number, address, (uint)size));
    }

    private static SysResult Open(AddressFamily family, int kind)
    {
        int type = kind | SocketConstants.SOCK_NONBLOCK | SocketConstants.SOCK_CLOEXEC;
        SysResult result = SysResult.From(Libc.socket(SocketAddressBytes.FamilyOf(family), type, 0));
        if (!result.Failed && SocketConstants.SOCK_NONBLOCK == 0)
        {
            SetNonBlockingAndCloseOnExec(result.Value);
        }

        return result;
    }

    private static void Prepare(Descriptor descriptor, EndPoint endPoint)
    {
        if (endPoint is not IPEndPoint ip)
        {
            RemoveDeadSocket(endPoint);
            return;
        }

        SocketOptions.Set(descriptor, SocketConstants.SOL_SOCKET, SocketConstants.SO_REUSEADDR, 1)
            .OrThrow("setsockopt SO_REUSEADDR");
        SetDualStack(descriptor, ip);
    }

    private static void SetDualStack(Descriptor descriptor, IPEndPoint ip)
    {
        if (ip.AddressFamily == AddressFamily.InterNetworkV6)
        {
            // [::] serves both families, as Kestrel, nginx and Envoy users expect of ListenAnyIP.
            int only = ip.Address.Equals(IPAddress.IPv6Any) ? 0 : 1;
            SocketOptions.Set(descriptor, SocketConstants.IPPROTO_IPV6, SocketConstants.IPV6_V6ONLY, only)
                .OrThrow("setsockopt IPV6_V6ONLY");
        }
    }

    /// <summary>
    /// A process that died leaves its socket's file behind, and bind(2) refuses to replace it: unix(7). It is removed
    /// only if it is a socket and nobody answers there; anything else is left for bind(2) to refuse.
    /// </summary>
    private static void RemoveDeadSocket(EndPoint endPoint)
    {
        string path = endPoint.ToString()!;
        using var probe = new OwnedDescriptor(OpenStream(AddressFamily.Unix).OrThrow("socket"));
        SysResult connected = SocketIO.Connect(probe.Descriptor, endPoint);
        if (connected.Failed && connected.Error == Errno.ECONNREFUSED && IsSocket(path))
        {
            File.Delete(path);
        }
    }

    /// <summary>Whether a file is a socket: open(2) refuses those with ENXIO, the BSD family with EOPNOTSUPP.</summary>
    private static bool IsSocket(string path)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            SysResult opened = SysResult.From(Libc.open(name, SocketConstants.O_CLOEXEC | SocketConstants.O_NONBLOCK, 0));
            if (!opened.Failed)
            {
                _ = Libc.close(opened.Value);
                return false;
            }

            return opened.Error == Errno.ENXIO || opened.Error == Errno.EOPNOTSUPP;
        }
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

    /// <summary>The address that a socket is bound to: getsockname(2). Null for one that is no internet socket.</summary>
    public static IPEndPoint? LocalAddress(Descriptor descriptor)
    {
        Span<byte> address = stackalloc byte[SocketAddressBytes.MaxSize];
        return SocketAddressBytes.Read(address[..LocalName(descriptor, address)]);
    }

    /// <summary>The path or the abstract name that a Unix socket is bound to; null for any other.</summary>
    internal static UnixDomainSocketEndPoint? LocalPath(Descriptor descriptor)
    {
        Span<byte> address = stackalloc byte[SocketAddressBytes.MaxSize];
        return SocketAddressBytes.ReadUnix(address[..LocalName(descriptor, address)]);
    }

    private static int LocalName(Descriptor descriptor, Span<byte> bytes)
    {
        fixed (byte* address = bytes)
        {
            uint size = (uint)bytes.Length;
            SysResult result = SysResult.From(Libc.getsockname(descriptor.Number, address, &size));
            return result.Failed ? 0 : (int)Math.Min(size, (uint)bytes.Length);
        }
    }

    internal static void SetNonBlockingAndCloseOnExec(int descriptor)
    {
        _ = Libc.fcntl(descriptor, SocketConstants.F_SETFD, SocketConstants.FD_CLOEXEC);
        _ = Libc.fcntl(descriptor, SocketConstants.F_SETFL, SocketConstants.O_NONBLOCK);
    }
}
