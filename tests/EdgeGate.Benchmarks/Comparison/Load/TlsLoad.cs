using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace EdgeGate.Benchmarks.Comparison.Load;

/// <summary>Clients over TLS that have made one exchange. What they cost is of no interest, so they are .NET's own.</summary>
internal sealed class TlsLoad(int port, X509Certificate2 trusted, Exchange exchange) : IIdleLoad
{
    private const int AtOnce = 20;
    private const int MaxAnswerBytes = 1024;

    private readonly List<SslStream> _streams = [];

    /// <inheritdoc/>
    public void Grow(int count)
    {
        for (int left = count; left > 0; left -= AtOnce)
        {
            _streams.AddRange(
                Task.WhenAll(Enumerable.Range(0, Math.Min(AtOnce, left)).Select(_ => OpenAsync())).GetAwaiter().GetResult());
        }
    }

    public void Dispose() => _streams.ForEach(stream => stream.Dispose());

    private async Task<SslStream> OpenAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "edge.example",
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { trusted },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        });
        await stream.WriteAsync(exchange.Request);
        byte[] answer = new byte[MaxAnswerBytes];
        int length = 0;
        do
        {
            int received = await stream.ReadAsync(answer.AsMemory(length));
            length += received > 0 ? received : throw new IOException("a connection was closed");
        }
        while (!exchange.IsComplete(answer.AsSpan(0, length)));
        return stream;
    }
}
