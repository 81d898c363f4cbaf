using EdgeGate.Http.Tls;

namespace EdgeGate.Http;

/// <summary>One listener that speaks HTTP.</summary>
public sealed record HttpListenerOptions
{
    /// <summary>What the listener speaks.</summary>
    public HttpListenerProtocol Protocol { get; init; }

    /// <summary>Certificates; needed by <see cref="HttpListenerProtocol.Https"/>, ignored otherwise.</summary>
    public HttpTlsOptions? Tls { get; init; }

    /// <summary>
    /// How long a client of a cleartext listener may take to show which HTTP it speaks. Over TLS,
    /// <see cref="HttpTlsOptions.HandshakeTimeout"/> has that part.
    /// </summary>
    public TimeSpan FirstByteTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Says all that would keep the listener from starting, reading the files that it names.</summary>
    /// <returns>A sentence for each; empty when it can start.</returns>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        if (FirstByteTimeout <= TimeSpan.Zero)
        {
            errors.Add("FirstByteTimeout must be longer than nothing");
        }

        if (Protocol is HttpListenerProtocol.Https)
        {
            errors.AddRange(ListenerTls.Validate(Tls));
        }

        return errors;
    }
}
