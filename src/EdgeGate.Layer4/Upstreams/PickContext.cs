using System.Net;

namespace EdgeGate.Layer4.Upstreams;

/// <summary>For whom a destination is picked.</summary>
/// <param name="source">The client's address; null where it has none, as behind a Unix socket.</param>
/// <param name="tried">Destinations that were tried in vain.</param>
/// <param name="portless">Whether those are admitted, too, to which no ephemeral port is left.</param>
internal readonly struct PickContext(IPAddress? source, TriedDestinations tried = default, bool portless = false)
{
    internal readonly IPAddress? Source = source;

    internal readonly TriedDestinations Tried = tried;

    /// <summary>Whether a destination may be picked now.</summary>
    internal bool Admits(Destination destination) =>
        destination.HasRoom && !Tried.Contains(destination) && (portless || destination.HasPort);

    /// <summary>The same, with those admitted to which no ephemeral port is left.</summary>
    internal PickContext WithPortless() => new(Source, Tried, portless: true);
}
