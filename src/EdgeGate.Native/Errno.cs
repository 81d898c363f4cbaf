using System.Runtime.InteropServices;

namespace EdgeGate.Native;

/// <summary>
/// An error number of the running system (errno(3)). The named ones carry the number that this system gives them:
/// EAGAIN is 11 on Linux and 35 on macOS and the BSDs.
/// </summary>
/// <param name="Number">The system's own number; 0 is no error.</param>
public readonly record struct Errno(int Number)
{
    private static readonly bool IsLinux = OperatingSystem.IsLinux();

    /// <summary>No error.</summary>
    public static readonly Errno None;

    /// <summary>Interrupted by a signal before anything was done.</summary>
    public static readonly Errno EINTR = new(4);

    /// <summary>Input or output failed; of a segmented datagram: the network device cannot make its checksums.</summary>
    public static readonly Errno EIO = new(5);

    /// <summary>No such device or address: what open(2) says of a socket's file.</summary>
    public static readonly Errno ENXIO = new(6);

    /// <summary>Bad descriptor.</summary>
    public static readonly Errno EBADF = new(9);

    /// <summary>Nothing to read, or no room to write, right now.</summary>
    public static readonly Errno EAGAIN = new(IsLinux ? 11 : 35);

    /// <summary>Out of memory.</summary>
    public static readonly Errno ENOMEM = new(12);

    /// <summary>Permission denied.</summary>
    public static readonly Errno EACCES = new(13);

    /// <summary>Invalid argument.</summary>
    public static readonly Errno EINVAL = new(22);

    /// <summary>The system's table of open files is full.</summary>
    public static readonly Errno ENFILE = new(23);

    /// <summary>The process has as many descriptors as RLIMIT_NOFILE allows.</summary>
    public static readonly Errno EMFILE = new(24);

    /// <summary>The peer will not take any more.</summary>
    public static readonly Errno EPIPE = new(32);

    /// <summary>The datagram is too long.</summary>
    public static readonly Errno EMSGSIZE = new(IsLinux ? 90 : 40);

    /// <summary>Address in use.</summary>
    public static readonly Errno EADDRINUSE = new(IsLinux ? 98 : 48);

    /// <summary>No such local address; on connect(2): no ephemeral port is free.</summary>
    public static readonly Errno EADDRNOTAVAIL = new(IsLinux ? 99 : 49);

    /// <summary>The connection was gone before it was accepted.</summary>
    public static readonly Errno ECONNABORTED = new(IsLinux ? 103 : 53);

    /// <summary>The peer sent a reset.</summary>
    public static readonly Errno ECONNRESET = new(IsLinux ? 104 : 54);

    /// <summary>No socket buffer space.</summary>
    public static readonly Errno ENOBUFS = new(IsLinux ? 105 : 55);

    /// <summary>Timed out.</summary>
    public static readonly Errno ETIMEDOUT = new(IsLinux ? 110 : 60);

    /// <summary>Nobody listens there.</summary>
    public static readonly Errno ECONNREFUSED = new(IsLinux ? 111 : 61);

    /// <summary>A non-blocking connect(2) is under way.</summary>
    public static readonly Errno EINPROGRESS = new(IsLinux ? 115 : 36);

    /// <summary>Not permitted; on accept(2): a firewall forbids the connection.</summary>
    public static readonly Errno EPERM = new(1);

    /// <summary>The network is down.</summary>
    public static readonly Errno ENETDOWN = new(IsLinux ? 100 : 50);

    /// <summary>No route to the network.</summary>
    public static readonly Errno ENETUNREACH = new(IsLinux ? 101 : 51);

    /// <summary>The host is down.</summary>
    public static readonly Errno EHOSTDOWN = new(IsLinux ? 112 : 64);

    /// <summary>No route to the host.</summary>
    public static readonly Errno EHOSTUNREACH = new(IsLinux ? 113 : 65);

    /// <summary>Protocol error.</summary>
    public static readonly Errno EPROTO = new(IsLinux ? 71 : OperatingSystem.IsMacOS() ? 100 : 92);

    /// <summary>No such protocol option.</summary>
    public static readonly Errno ENOPROTOOPT = new(IsLinux ? 92 : 42);

    /// <summary>Not supported by this socket.</summary>
    public static readonly Errno EOPNOTSUPP = new(IsLinux ? 95 : OperatingSystem.IsMacOS() ? 102 : 45);

    /// <summary>Whether the descriptor table of the process or of the system is full.</summary>
    public bool IsDescriptorShortage => this == EMFILE || this == ENFILE;

    /// <summary>The system's text for this error, such as <c>Connection refused</c>.</summary>
    public override string ToString() => Marshal.GetPInvokeErrorMessage(Number);
}
