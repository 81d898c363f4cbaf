namespace EdgeGate.Native.Interop;

/// <summary>
/// The numbers of the socket API that differ between Linux and the BSD family (macOS and FreeBSD), under the C
/// headers' names. A value of <see cref="Missing"/> means that the system has no such option.
/// </summary>
internal static class SocketConstants
{
    internal const int Missing = -1;

    private static readonly bool IsLinux = OperatingSystem.IsLinux();
    private static readonly bool IsMac = OperatingSystem.IsMacOS();

    internal const int AF_UNIX = 1;
    internal const int AF_INET = 2;
    internal static readonly int AF_INET6 = IsLinux ? 10 : IsMac ? 30 : 28;

    internal const int SOCK_STREAM = 1;
    internal const int SOCK_DGRAM = 2;
    internal static readonly int SOCK_NONBLOCK = IsLinux ? 0x800 : IsMac ? 0 : 0x20000000;
    internal static readonly int SOCK_CLOEXEC = IsLinux ? 0x80000 : IsMac ? 0 : 0x10000000;

    internal static readonly int SOL_SOCKET = IsLinux ? 1 : 0xffff;
    internal static readonly int SO_REUSEADDR = IsLinux ? 2 : 4;
    internal static readonly int SO_TYPE = IsLinux ? 3 : 0x1008;
    internal static readonly int SO_ERROR = IsLinux ? 4 : 0x1007;
    internal static readonly int SO_SNDBUF = IsLinux ? 7 : 0x1001;
    internal static readonly int SO_RCVBUF = IsLinux ? 8 : 0x1002;
    internal static readonly int SO_KEEPALIVE = IsLinux ? 9 : 8;
    internal static readonly int SO_LINGER = IsLinux ? 13 : 0x80;
    internal const int SO_PEERCRED = 17; // Linux alone
    internal static readonly int SO_ACCEPTCONN = IsLinux ? 30 : 2;
    internal static readonly int SO_NOSIGPIPE = IsLinux ? Missing : IsMac ? 0x1022 : 0x800;

    // Of these there is only Linux's number: elsewhere datagrams are received by one socket and without control data.
    internal const int SO_REUSEPORT = 15;
    internal const int SO_RXQ_OVFL = 40;
    internal const int SO_MEMINFO = 55;

    internal const int IPPROTO_IP = 0;
    internal const int IP_PKTINFO = 8;
    internal const int IP_BIND_ADDRESS_NO_PORT = 24;

    internal const int IPPROTO_IPV6 = 41;
    internal static readonly int IPV6_V6ONLY = IsLinux ? 26 : 27;
    internal const int IPV6_RECVPKTINFO = 49;
    internal const int IPV6_PKTINFO = 50;

    internal const int IPPROTO_UDP = 17;
    internal const int UDP_SEGMENT = 103;
    internal const int UDP_GRO = 104;

    internal const int IPPROTO_TCP = 6;
    internal const int TCP_NODELAY = 1;
    internal static readonly int TCP_KEEPIDLE = IsLinux ? 4 : IsMac ? 0x10 : 0x100;
    internal static readonly int TCP_KEEPINTVL = IsLinux ? 5 : IsMac ? 0x101 : 0x200;
    internal static readonly int TCP_KEEPCNT = IsLinux ? 6 : IsMac ? 0x102 : 0x400;
    internal static readonly int TCP_INFO = IsLinux ? 11 : IsMac ? 0x106 : 32;

    internal const int MSG_PEEK = 2;
    internal static readonly int MSG_NOSIGNAL = IsLinux ? 0x4000 : IsMac ? 0 : 0x20000;

    internal const int MSG_CMSG_CLOEXEC = 0x40000000; // Linux alone
    internal const int SCM_RIGHTS = 1;

    internal const int SHUT_WR = 1;

    internal static readonly int F_DUPFD_CLOEXEC = IsLinux ? 1030 : IsMac ? 67 : 17;
    internal const int F_DUPFD = 0;
    internal const int F_GETFD = 1;
    internal const int F_SETFD = 2;
    internal const int F_GETFL = 3;
    internal const int F_SETFL = 4;
    internal const int FD_CLOEXEC = 1;
    internal const int O_WRONLY = 1;
    internal static readonly int O_CREAT = IsLinux ? 0x40 : 0x200;
    internal static readonly int O_APPEND = IsLinux ? 0x400 : 8;
    internal static readonly int O_NONBLOCK = IsLinux ? 0x800 : 4;
    internal static readonly int O_CLOEXEC = IsLinux ? 0x80000 : IsMac ? 0x1000000 : 0x100000;
}
