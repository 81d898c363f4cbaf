using EdgeGate.Transport;

namespace EdgeGate.Admin;

/// <summary>A connection, and how fast it went since the snapshot before.</summary>
/// <param name="Connection">The connection as its loop described it.</param>
/// <param name="RateIn">Bytes a second from the client; null where there was no snapshot before.</param>
/// <param name="RateOut">Bytes a second to the client; null where there was no snapshot before.</param>
internal readonly record struct ConnectionRow(ConnectionSnapshot Connection, double? RateIn = null, double? RateOut = null)
{
    public double Rate => (RateIn ?? 0) + (RateOut ?? 0);
}
