using System.Net.Security;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>The first bytes that a real TLS client sends.</summary>
internal static class RealHello
{
    /// <summary>What the framework's client says to a server of that name.</summary>
    public static async Task<byte[]> ForAsync(string name, CancellationToken token)
    {
        using var wire = new Wire();
        await using var tls = new SslStream(wire);
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = name }, token);
        }
        catch (IOException)
        {
            // Nobody answers: it has said what it says first.
        }

        return wire.Sent.ToArray();
    }

    /// <summary>Takes all, and has nothing to say.</summary>
    private sealed class Wire : MemoryStream
    {
        public MemoryStream Sent { get; } = new();

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(0);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            Sent.WriteAsync(buffer, cancellationToken);
    }
}
