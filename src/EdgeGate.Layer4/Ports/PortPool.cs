using System.Net;
using EdgeGate.Native;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Layer4.Ports;

/// <summary>
/// The ephemeral ports of one <see cref="PortKey"/>: how many of them connections hold. Callable from any thread; taking
/// and returning cost one interlocked operation each and allocate nothing.
/// </summary>
/// <remarks>
/// It counts connections that are open, and those that are being made. It does not see what else holds a port: other
/// processes, a socket in TIME-WAIT where this side closed first (tcp_tw_reuse in the kernel's ip-sysctl document), or
/// the kernel's own choice of source that is the same address as one that is named. Of these connect(2) tells, with
/// EADDRNOTAVAIL.
/// </remarks>
public sealed class PortPool
{
    // A connect that finds no port has looked at each of them, which takes the kernel a millisecond for a wide range. So
    // who comes next does not ask again at once, unless a port has come back.
    private const long RefusedMilliseconds = 100;
    private const long UnusableMilliseconds = 1000;

    private readonly PortTable _table;
    private int _used;
    private long _heldUntil;

    internal PortPool(PortTable table, in PortKey key)
    {
        _table = table;
        Key = key;
        From = key.Source is { } source ? new IPEndPoint(source, 0) : null;
    }

    /// <summary>Which ports these are.</summary>
    public PortKey Key { get; }

    /// <summary>How many are held.</summary>
    public int Used => Volatile.Read(ref _used);

    /// <summary>How many there are; <see cref="PortTable.Unknown"/> where the kernel does not say.</summary>
    public int Capacity => _table.Capacity;

    /// <summary>Where connections are bound before they connect; null leaves the choice to the kernel.</summary>
    internal IPEndPoint? From { get; }

    internal bool HasRoom => Used < Capacity && Environment.TickCount64 >= Volatile.Read(ref _heldUntil);

    /// <summary>Takes a port, unless all are held.</summary>
    public bool TryTake()
    {
        while (HasRoom)
        {
            // Other loops take and return at the same time: the port is ours only if nobody was faster.
            int used = Used;
            if (used < Capacity && Interlocked.CompareExchange(ref _used, used + 1, used) == used)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes a port of that pool which has the fewest held; false if all are held in every one.</summary>
    public static bool TryTakeFromEmptiest(ReadOnlySpan<PortPool> pools, out PortPool? taken)
    {
        do
        {
            taken = null;
            foreach (PortPool pool in pools)
            {
                if (pool.HasRoom && (taken is null || pool.Used < taken.Used))
                {
                    taken = pool;
                }
            }
        }
        while (taken is not null && !taken.TryTake()); // another loop took the last one in between: choose again

        return taken is not null;
    }

    /// <summary>Gives a port back: its socket is closed.</summary>
    public void Return()
    {
        Interlocked.Decrement(ref _used);
        if (Volatile.Read(ref _heldUntil) != 0)
        {
            Volatile.Write(ref _heldUntil, 0);
        }
    }

    /// <summary>Gives a port back that there was none of: the kernel said EADDRNOTAVAIL. For a moment it is not asked again.</summary>
    public void ReturnRefused() => ReturnAndHold(RefusedMilliseconds);

    /// <summary>Gives a port back whose source cannot be bound, as it is no address of this machine.</summary>
    public void ReturnUnusable() => ReturnAndHold(UnusableMilliseconds);

    /// <summary>Binds a socket to the source, and to no port: the kernel chooses that for the connection's 4-tuple.</summary>
    internal SysResult Bind(Descriptor socket) =>
        From is null ? default : SocketFactory.BindAddressOnly(socket, From);

    private void ReturnAndHold(long milliseconds)
    {
        Interlocked.Decrement(ref _used);
        Volatile.Write(ref _heldUntil, Environment.TickCount64 + milliseconds);
    }
}
