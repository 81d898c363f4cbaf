using System.Net;

namespace EdgeGate.Layer4.Upstreams;

/// <summary>One of a destination's addresses, and when it last failed. Callable from any loop.</summary>
/// <param name="endPoint">The address.</param>
internal sealed class DestinationAddress(EndPoint endPoint)
{
    /// <summary>An address that failed is tried after the others for so long.</summary>
    internal static readonly TimeSpan Penalty = TimeSpan.FromSeconds(10);

    private long _avoidedUntil;

    internal EndPoint EndPoint { get; } = endPoint;

    /// <summary>Whether it is a TCP address, and not a Unix socket's path.</summary>
    internal bool IsTcp => EndPoint is IPEndPoint;

    /// <param name="now">The loop's clock, milliseconds.</param>
    internal bool IsAvoided(long now) => now < Volatile.Read(ref _avoidedUntil);

    internal void Failed(long now) => Volatile.Write(ref _avoidedUntil, now + (long)Penalty.TotalMilliseconds);
}
