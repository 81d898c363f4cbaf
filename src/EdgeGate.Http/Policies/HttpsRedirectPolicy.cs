using System.Collections.Immutable;

namespace EdgeGate.Http.Policies;

/// <summary>Sends clients that came without TLS to where there is TLS.</summary>
public sealed record HttpsRedirectPolicy
{
    /// <summary>The port that clients reach TLS at; 443 is not written into the URL.</summary>
    public required int Port { get; init; }

    /// <summary>The listeners whose clients are sent away; empty: all of them.</summary>
    public ImmutableArray<string> Listeners { get; init; } = [];
}
