using System.Net;
using EdgeGate.Layer4.Ports;

namespace EdgeGate.Layer4.Upstreams;

/// <summary>One of a destination's addresses, and when it last failed. Callable from any loop.</summary>
/// <param name="endPoint">The address.</param>
internal sealed class DestinationAddress(EndPoint endPoint)
{
    /// <summary>An address that failed is tried after the others for so long.</summary>
    internal static readonly TimeSpan Penalty = TimeSpan.FromSeconds(10);

    private volatile PortPool[] _ports = [];
    private long _avoidedUntil;

    internal EndPoint EndPoint { get; } = endPoint;

    /// <summary>Whether it is an address with a port, and not a Unix socket's path.</summary>
    internal bool IsIp => EndPoint is IPEndPoint;

    /// <summary>The ports from each source that may reach it; none for a Unix socket.</summary>
    internal ReadOnlySpan<PortPool> Ports => _ports;

    /// <summary>Whether a connection to it would find a port.</summary>
    internal bool HasPort
    {
        get
        {
            foreach (PortPool pool in _ports)
            {
                if (pool.HasRoom)
                {
                    return true;
                }
            }

            return !IsIp;
        }
    }

    /// <summary>Takes a port from the source that has the most left; of a Unix socket there is none to take.</summary>
    /// <param name="port">Whose it is; whoever took it returns it. Null for a Unix socket.</param>
    /// <returns>False if no source has one.</returns>
    internal bool TryTakePort(out PortPool? port) => PortPool.TryTakeFromEmptiest(_ports, out port) || !IsIp;

    /// <summary>Says from which ports it is reached from now on; connections that exist keep theirs.</summary>
    internal void ReachFrom(PortPool[] ports) => _ports = ports;

    /// <param name="now">The loop's clock, milliseconds.</param>
    internal bool IsAvoided(long now) => now < Volatile.Read(ref _avoidedUntil);

    internal void Failed(long now) => Volatile.Write(ref _avoidedUntil, now + (long)Penalty.TotalMilliseconds);
}
