using System.Net.Sockets;
using EdgeGate.Native.Interop;

namespace EdgeGate.Native.Sockets;

/// <summary>Socket options: getsockopt(2), setsockopt(2), with the names of socket(7) and tcp(7).</summary>
public static unsafe class SocketOptions
{
    /// <summary>TCP_NODELAY: small writes go out at once. A listener's sockets inherit it.</summary>
    public static SysResult SetNoDelay(Descriptor descriptor) =>
        Set(descriptor, SocketConstants.IPPROTO_TCP, SocketConstants.TCP_NODELAY, 1);

    /// <summary>SO_KEEPALIVE: the kernel finds dead peers. A listener's sockets inherit it.</summary>
    public static SysResult SetKeepAlive(Descriptor descriptor) =>
        Set(descriptor, SocketConstants.SOL_SOCKET, SocketConstants.SO_KEEPALIVE, 1);

    /// <summary>
    /// SO_KEEPALIVE with times of its own, tcp(7): after so long a silence the kernel asks whether the peer is there, and
    /// after so many unanswered questions the connection is dead.
    /// </summary>
    public static void SetKeepAlive(Descriptor descriptor, TimeSpan silence, TimeSpan interval, int questions)
    {
        _ = SetKeepAlive(descriptor);
        _ = Set(descriptor, SocketConstants.IPPROTO_TCP, SocketConstants.TCP_KEEPIDLE, (int)silence.TotalSeconds);
        _ = Set(descriptor, SocketConstants.IPPROTO_TCP, SocketConstants.TCP_KEEPINTVL, (int)interval.TotalSeconds);
        _ = Set(descriptor, SocketConstants.IPPROTO_TCP, SocketConstants.TCP_KEEPCNT, questions);
    }

    /// <summary>SO_RCVBUF in bytes. Linux clamps it silently to net.core.rmem_max and doubles it.</summary>
    public static SysResult SetReceiveBuffer(Descriptor descriptor, int bytes) =>
        Set(descriptor, SocketConstants.SOL_SOCKET, SocketConstants.SO_RCVBUF, bytes);

    /// <summary>SO_SNDBUF in bytes. Linux clamps it silently to net.core.wmem_max and doubles it.</summary>
    public static SysResult SetSendBuffer(Descriptor descriptor, int bytes) =>
        Set(descriptor, SocketConstants.SOL_SOCKET, SocketConstants.SO_SNDBUF, bytes);

    /// <summary>The receive buffer that really holds, in bytes (on Linux twice what was granted: socket(7)).</summary>
    public static SysResult GetReceiveBuffer(Descriptor descriptor) =>
        Get(descriptor, SocketConstants.SOL_SOCKET, SocketConstants.SO_RCVBUF);

    /// <summary>The send buffer that really holds, in bytes (on Linux twice what was granted: socket(7)).</summary>
    public static SysResult GetSendBuffer(Descriptor descriptor) =>
        Get(descriptor, SocketConstants.SOL_SOCKET, SocketConstants.SO_SNDBUF);

    /// <summary>
    /// SO_REUSEPORT, socket(7): sockets of one user may share an address, and the kernel spreads what comes over them by
    /// its sender. Only on Linux, as only there it is spread.
    /// </summary>
    public static void SetReusePort(Descriptor descriptor) =>
        SetOnLinux(descriptor, SocketConstants.SOL_SOCKET, SocketConstants.SO_REUSEPORT);

    /// <summary>
    /// UDP_GRO, udp(7): datagrams of one peer may be received as one, with the size of each. Quietly left out where the
    /// kernel has no such option.
    /// </summary>
    public static void SetReceiveOffload(Descriptor descriptor) =>
        SetOnLinux(descriptor, SocketConstants.IPPROTO_UDP, SocketConstants.UDP_GRO);

    /// <summary>
    /// IP_PKTINFO, ip(7), and IPV6_RECVPKTINFO, ipv6(7): each datagram tells which of this machine's addresses it was
    /// sent to. Quietly left out elsewhere than on Linux.
    /// </summary>
    public static void SetReceiveDestination(Descriptor descriptor, AddressFamily family)
    {
        if (family == AddressFamily.InterNetwork)
        {
            SetOnLinux(descriptor, SocketConstants.IPPROTO_IP, SocketConstants.IP_PKTINFO);
        }
        else
        {
            SetOnLinux(descriptor, SocketConstants.IPPROTO_IPV6, SocketConstants.IPV6_RECVPKTINFO);
        }
    }

    /// <summary>
    /// SO_RXQ_OVFL, socket(7): datagrams tell how many were dropped because the receive buffer was full. Quietly left
    /// out elsewhere than on Linux.
    /// </summary>
    public static void SetReceiveOverflows(Descriptor descriptor) =>
        SetOnLinux(descriptor, SocketConstants.SOL_SOCKET, SocketConstants.SO_RXQ_OVFL);

    /// <summary>IP_BIND_ADDRESS_NO_PORT, ip(7), which IPv6 sockets heed too. Quietly left out elsewhere than on Linux.</summary>
    internal static void SetBindAddressOnly(Descriptor descriptor) =>
        SetOnLinux(descriptor, SocketConstants.IPPROTO_IP, SocketConstants.IP_BIND_ADDRESS_NO_PORT);

    /// <summary>Where the system has no MSG_NOSIGNAL, keeps a write to a closed peer from raising SIGPIPE.</summary>
    public static void SuppressSigPipe(Descriptor descriptor)
    {
        if (SocketConstants.SO_NOSIGPIPE != SocketConstants.Missing)
        {
            _ = Set(descriptor, SocketConstants.SOL_SOCKET, SocketConstants.SO_NOSIGPIPE, 1);
        }
    }

    /// <summary>Takes the pending error of a socket (SO_ERROR): how a connect ended, or why it hung up.</summary>
    public static Errno TakeError(Descriptor descriptor)
    {
        SysResult result = Get(descriptor, SocketConstants.SOL_SOCKET, SocketConstants.SO_ERROR);
        return result.Failed ? result.Error : new Errno(result.Value);
    }

    /// <summary>The kind of socket, such as SOCK_STREAM: SO_TYPE. ENOTSOCK where it is none.</summary>
    internal static SysResult GetType(Descriptor descriptor) =>
        Get(descriptor, SocketConstants.SOL_SOCKET, SocketConstants.SO_TYPE);

    /// <summary>Whether it listens, as listen(2) has it do: SO_ACCEPTCONN, 1 or 0.</summary>
    internal static SysResult GetListens(Descriptor descriptor) =>
        Get(descriptor, SocketConstants.SOL_SOCKET, SocketConstants.SO_ACCEPTCONN);

    /// <summary>Makes the coming close(2) a reset: SO_LINGER, on, zero seconds.</summary>
    internal static void SetLingerZero(Descriptor descriptor)
    {
        int* linger = stackalloc int[2];
        linger[0] = 1;
        linger[1] = 0;
        _ = Libc.setsockopt(
            descriptor.Number, SocketConstants.SOL_SOCKET, SocketConstants.SO_LINGER, linger, 2 * sizeof(int));
    }

    internal static SysResult Set(Descriptor descriptor, int level, int option, int value) =>
        SysResult.From(Libc.setsockopt(descriptor.Number, level, option, &value, sizeof(int)));

    private static void SetOnLinux(Descriptor descriptor, int level, int option)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Set(descriptor, level, option, 1);
        }
    }

    private static SysResult Get(Descriptor descriptor, int level, int option)
    {
        int value = 0;
        uint size = sizeof(int);
        SysResult result = SysResult.From(Libc.getsockopt(descriptor.Number, level, option, &value, &size));
        return result.Failed ? result : SysResult.From(value);
    }
}
