using EdgeGate.Native.Sockets;

namespace EdgeGate.Transport;

/// <summary>
/// What the kernel said of a TCP connection when it was last asked: of <see cref="TcpInfo"/> what is shown, in 16 bytes,
/// because every connection holds one.
/// </summary>
/// <param name="RoundTripMicroseconds">Smoothed round-trip time.</param>
/// <param name="Retransmits">Segments retransmitted over the connection's life.</param>
/// <param name="Unacknowledged">Segments sent and not acknowledged.</param>
/// <param name="NotSentBytes">Bytes in the send queue that have not gone out yet.</param>
public readonly record struct TcpSample(
    uint RoundTripMicroseconds, uint Retransmits, uint Unacknowledged, uint NotSentBytes)
{
    internal TcpSample(in TcpInfo info)
        : this(
            (uint)(info.RoundTripTime.Ticks / TimeSpan.TicksPerMicrosecond),
            info.Retransmits,
            info.Unacknowledged,
            info.NotSentBytes)
    {
    }

    /// <summary>Smoothed round-trip time.</summary>
    public TimeSpan RoundTripTime => TimeSpan.FromMicroseconds(RoundTripMicroseconds);

    /// <summary>Whether something is under way, so that the kernel's figures change by themselves.</summary>
    internal bool IsMoving => Unacknowledged > 0 || NotSentBytes > 0;
}
