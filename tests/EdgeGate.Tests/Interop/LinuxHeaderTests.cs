using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeGate.Native;
using EdgeGate.Native.Interop;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Tests.Interop;

/// <summary>What was written down about Linux, against the headers of the machine that runs the tests.</summary>
public sealed class LinuxHeaderTests
{
    private static readonly string[] Headers =
    [
        "errno.h", "fcntl.h", "time.h", "sys/epoll.h", "sys/eventfd.h", "sys/resource.h", "sys/socket.h", "sys/uio.h",
        "sys/un.h", "netinet/in.h", "linux/tcp.h", "linux/udp.h",
    ];

    [Fact]
    public Task Structures_lie_as_the_headers_say() => AssertHeadersAgreeAsync(new()
    {
        ["sizeof(struct epoll_event)"] = EpollEventLayout.Current.Size,
        ["offsetof(struct epoll_event, events)"] = 0,
        ["offsetof(struct epoll_event, data)"] = EpollEventLayout.Current.DataOffset,
        ["sizeof(struct timespec)"] = Unsafe.SizeOf<TimeSpec>(),
        ["offsetof(struct timespec, tv_nsec)"] = OffsetOf<TimeSpec>(nameof(TimeSpec.Nanoseconds)),
        ["sizeof(struct iovec)"] = Unsafe.SizeOf<IoVec>(),
        ["offsetof(struct iovec, iov_len)"] = OffsetOf<IoVec>(nameof(IoVec.Length)),
        ["sizeof(struct msghdr)"] = Unsafe.SizeOf<MsgHdr>(),
        ["offsetof(struct msghdr, msg_namelen)"] = OffsetOf<MsgHdr>(nameof(MsgHdr.NameLength)),
        ["offsetof(struct msghdr, msg_iov)"] = OffsetOf<MsgHdr>(nameof(MsgHdr.Vectors)),
        ["offsetof(struct msghdr, msg_iovlen)"] = OffsetOf<MsgHdr>(nameof(MsgHdr.VectorCount)),
        ["offsetof(struct msghdr, msg_control)"] = OffsetOf<MsgHdr>(nameof(MsgHdr.Control)),
        ["offsetof(struct msghdr, msg_controllen)"] = OffsetOf<MsgHdr>(nameof(MsgHdr.ControlLength)),
        ["offsetof(struct msghdr, msg_flags)"] = OffsetOf<MsgHdr>(nameof(MsgHdr.Flags)),
        ["sizeof(struct mmsghdr)"] = Unsafe.SizeOf<MMsgHdr>(),
        ["offsetof(struct mmsghdr, msg_len)"] = OffsetOf<MMsgHdr>(nameof(MMsgHdr.Length)),
        ["sizeof(struct cmsghdr)"] = Unsafe.SizeOf<CmsgHdr>(),
        ["offsetof(struct cmsghdr, cmsg_level)"] = OffsetOf<CmsgHdr>(nameof(CmsgHdr.Level)),
        ["offsetof(struct cmsghdr, cmsg_type)"] = OffsetOf<CmsgHdr>(nameof(CmsgHdr.Type)),
        ["CMSG_LEN(2)"] = CmsgHdr.LengthOf(2),
        ["CMSG_SPACE(2)"] = CmsgHdr.SpaceOf(2),
        ["CMSG_SPACE(20)"] = CmsgHdr.SpaceOf(20),
        ["sizeof(struct in_pktinfo)"] = ControlData.Ipv4InfoBytes,
        ["offsetof(struct in_pktinfo, ipi_spec_dst)"] = ControlData.Ipv4InfoAddress,
        ["sizeof(struct in6_pktinfo)"] = ControlData.Ipv6InfoBytes,
        ["offsetof(struct in6_pktinfo, ipi6_addr)"] = 0,
        ["sizeof(struct rlimit)"] = Unsafe.SizeOf<Libc.RLimit>(),
        ["offsetof(struct rlimit, rlim_max)"] = OffsetOf<Libc.RLimit>(nameof(Libc.RLimit.Hard)),
        ["sizeof(struct sockaddr_in)"] = SocketAddressBytes.Ipv4Size,
        ["offsetof(struct sockaddr_in, sin_family)"] = 0,
        ["offsetof(struct sockaddr_in, sin_port)"] = 2,
        ["offsetof(struct sockaddr_in, sin_addr)"] = 4,
        ["sizeof(struct sockaddr_in6)"] = SocketAddressBytes.Ipv6Size,
        ["offsetof(struct sockaddr_in6, sin6_port)"] = 2,
        ["offsetof(struct sockaddr_in6, sin6_flowinfo)"] = 4,
        ["offsetof(struct sockaddr_in6, sin6_addr)"] = 8,
        ["offsetof(struct sockaddr_in6, sin6_scope_id)"] = 24,
        ["sizeof(struct sockaddr_un)"] = SocketAddressBytes.MaxSize,
        ["offsetof(struct sockaddr_un, sun_path)"] = 2,
        ["sizeof(struct linger)"] = 2 * sizeof(int),
        ["offsetof(struct linger, l_linger)"] = sizeof(int),
    });

    [Fact]
    public Task Tcp_info_lies_as_the_headers_say() => AssertHeadersAgreeAsync(new()
    {
        ["offsetof(struct tcp_info, tcpi_unacked)"] = TcpInfo.LinuxUnacked,
        ["offsetof(struct tcp_info, tcpi_sacked)"] = TcpInfo.LinuxSacked,
        ["offsetof(struct tcp_info, tcpi_rtt)"] = TcpInfo.LinuxRtt,
        ["offsetof(struct tcp_info, tcpi_rttvar)"] = TcpInfo.LinuxRttVar,
        ["offsetof(struct tcp_info, tcpi_snd_cwnd)"] = TcpInfo.LinuxCongestionWindow,
        ["offsetof(struct tcp_info, tcpi_total_retrans)"] = TcpInfo.LinuxTotalRetransmits,
        ["offsetof(struct tcp_info, tcpi_notsent_bytes)"] = TcpInfo.LinuxNotSent,
    });

    [Fact]
    public Task Constants_are_the_headers() => AssertHeadersAgreeAsync(new()
    {
        ["AF_UNIX"] = SocketConstants.AF_UNIX,
        ["AF_INET"] = SocketConstants.AF_INET,
        ["AF_INET6"] = SocketConstants.AF_INET6,
        ["SOCK_STREAM"] = SocketConstants.SOCK_STREAM,
        ["SOCK_DGRAM"] = SocketConstants.SOCK_DGRAM,
        ["SOCK_NONBLOCK"] = SocketConstants.SOCK_NONBLOCK,
        ["SOCK_CLOEXEC"] = SocketConstants.SOCK_CLOEXEC,
        ["SOL_SOCKET"] = SocketConstants.SOL_SOCKET,
        ["SO_REUSEADDR"] = SocketConstants.SO_REUSEADDR,
        ["SO_ERROR"] = SocketConstants.SO_ERROR,
        ["SO_SNDBUF"] = SocketConstants.SO_SNDBUF,
        ["SO_RCVBUF"] = SocketConstants.SO_RCVBUF,
        ["SO_KEEPALIVE"] = SocketConstants.SO_KEEPALIVE,
        ["SO_LINGER"] = SocketConstants.SO_LINGER,
        ["SO_REUSEPORT"] = SocketConstants.SO_REUSEPORT,
        ["SO_RXQ_OVFL"] = SocketConstants.SO_RXQ_OVFL,
        ["IPPROTO_IP"] = SocketConstants.IPPROTO_IP,
        ["IP_BIND_ADDRESS_NO_PORT"] = SocketConstants.IP_BIND_ADDRESS_NO_PORT,
        ["IP_PKTINFO"] = SocketConstants.IP_PKTINFO,
        ["IPV6_RECVPKTINFO"] = SocketConstants.IPV6_RECVPKTINFO,
        ["IPV6_PKTINFO"] = SocketConstants.IPV6_PKTINFO,
        ["IPPROTO_UDP"] = SocketConstants.IPPROTO_UDP,
        ["UDP_SEGMENT"] = SocketConstants.UDP_SEGMENT,
        ["UDP_GRO"] = SocketConstants.UDP_GRO,
        ["IPPROTO_IPV6"] = SocketConstants.IPPROTO_IPV6,
        ["IPV6_V6ONLY"] = SocketConstants.IPV6_V6ONLY,
        ["IPPROTO_TCP"] = SocketConstants.IPPROTO_TCP,
        ["TCP_NODELAY"] = SocketConstants.TCP_NODELAY,
        ["TCP_KEEPIDLE"] = SocketConstants.TCP_KEEPIDLE,
        ["TCP_KEEPINTVL"] = SocketConstants.TCP_KEEPINTVL,
        ["TCP_KEEPCNT"] = SocketConstants.TCP_KEEPCNT,
        ["TCP_INFO"] = SocketConstants.TCP_INFO,
        ["MSG_PEEK"] = SocketConstants.MSG_PEEK,
        ["MSG_NOSIGNAL"] = SocketConstants.MSG_NOSIGNAL,
        ["SHUT_WR"] = SocketConstants.SHUT_WR,
        ["F_DUPFD_CLOEXEC"] = SocketConstants.F_DUPFD_CLOEXEC,
        ["F_SETFD"] = SocketConstants.F_SETFD,
        ["F_SETFL"] = SocketConstants.F_SETFL,
        ["FD_CLOEXEC"] = SocketConstants.FD_CLOEXEC,
        ["O_WRONLY"] = SocketConstants.O_WRONLY,
        ["O_CREAT"] = SocketConstants.O_CREAT,
        ["O_APPEND"] = SocketConstants.O_APPEND,
        ["O_NONBLOCK"] = SocketConstants.O_NONBLOCK,
        ["O_CLOEXEC"] = SocketConstants.O_CLOEXEC,
        ["RLIMIT_NOFILE"] = Libc.RLIMIT_NOFILE,
        ["EPOLL_CLOEXEC"] = Libc.EPOLL_CLOEXEC,
        ["EPOLL_CTL_ADD"] = Libc.EPOLL_CTL_ADD,
        ["EPOLL_CTL_DEL"] = Libc.EPOLL_CTL_DEL,
        ["EPOLL_CTL_MOD"] = Libc.EPOLL_CTL_MOD,
        ["EPOLLIN"] = Libc.EPOLLIN,
        ["EPOLLOUT"] = Libc.EPOLLOUT,
        ["EPOLLERR"] = Libc.EPOLLERR,
        ["EPOLLHUP"] = Libc.EPOLLHUP,
        ["EPOLLRDHUP"] = Libc.EPOLLRDHUP,
        ["(unsigned)EPOLLET"] = Libc.EPOLLET,
        ["EFD_CLOEXEC"] = Libc.EFD_CLOEXEC,
        ["EFD_NONBLOCK"] = Libc.EFD_NONBLOCK,
    });

    [Fact]
    public Task Error_numbers_are_the_headers() => AssertHeadersAgreeAsync(new()
    {
        ["EINTR"] = Errno.EINTR.Number,
        ["EIO"] = Errno.EIO.Number,
        ["EMSGSIZE"] = Errno.EMSGSIZE.Number,
        ["EBADF"] = Errno.EBADF.Number,
        ["EAGAIN"] = Errno.EAGAIN.Number,
        ["ENOMEM"] = Errno.ENOMEM.Number,
        ["EACCES"] = Errno.EACCES.Number,
        ["EINVAL"] = Errno.EINVAL.Number,
        ["ENFILE"] = Errno.ENFILE.Number,
        ["EMFILE"] = Errno.EMFILE.Number,
        ["EPIPE"] = Errno.EPIPE.Number,
        ["EADDRINUSE"] = Errno.EADDRINUSE.Number,
        ["EADDRNOTAVAIL"] = Errno.EADDRNOTAVAIL.Number,
        ["ECONNABORTED"] = Errno.ECONNABORTED.Number,
        ["ECONNRESET"] = Errno.ECONNRESET.Number,
        ["ENOBUFS"] = Errno.ENOBUFS.Number,
        ["ETIMEDOUT"] = Errno.ETIMEDOUT.Number,
        ["ECONNREFUSED"] = Errno.ECONNREFUSED.Number,
        ["EPERM"] = Errno.EPERM.Number,
        ["ENETDOWN"] = Errno.ENETDOWN.Number,
        ["ENETUNREACH"] = Errno.ENETUNREACH.Number,
        ["EHOSTDOWN"] = Errno.EHOSTDOWN.Number,
        ["EHOSTUNREACH"] = Errno.EHOSTUNREACH.Number,
        ["EPROTO"] = Errno.EPROTO.Number,
        ["ENOPROTOOPT"] = Errno.ENOPROTOOPT.Number,
        ["EOPNOTSUPP"] = Errno.EOPNOTSUPP.Number,
        ["EINPROGRESS"] = Errno.EINPROGRESS.Number,
    });

    private static async Task AssertHeadersAgreeAsync(Dictionary<string, long> ours)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "these are Linux's headers");
        Dictionary<string, long> theirs =
            await CProgram.EvaluateAsync(Headers, ours.Keys, TestContext.Current.CancellationToken);

        Assert.Equal(theirs.OrderBy(pair => pair.Key), ours.OrderBy(pair => pair.Key));
    }

    private static int OffsetOf<T>(string field) => (int)Marshal.OffsetOf<T>(field);
}
