using System.Collections.Immutable;

namespace EdgeGate.Http.Policies;

/// <summary>Compresses answers that their upstream has not compressed, with Brotli or gzip as the client likes.</summary>
public sealed record CompressionPolicy
{
    /// <summary>
    /// Whether that is done over TLS, too. Where an answer holds a secret beside text that the asker chose, its compressed
    /// length tells the secret letter by letter (BREACH, breachattack.com); so it is only done where asked for.
    /// </summary>
    public bool Https { get; init; }

    /// <summary>What is compressed; empty: the texts that ASP.NET compresses.</summary>
    public ImmutableArray<string> MimeTypes { get; init; } = [];
}
