using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace EdgeGate.Benchmarks.Comparison.Load;

/// <summary>
/// A TLS 1.3 handshake and one exchange on each connection, which the client then closes. The clients are .NET's own:
/// what they cost is of no interest.
/// </summary>
internal sealed class HandshakeLoad : ILoad
{
    internal const int AtOnce = 4;

    // A full handshake sends a certificate and a signature by it, a resumed one neither: RFC 8446, section 2.2.
    private const int CertificateBytes = 500;

    private const int MaxAnswerBytes = 4096;
    private const double NearlyAll = 0.95; // a server may renew the key of its tickets

    private readonly int _port;
    private readonly bool _resumed;
    private readonly SslClientAuthenticationOptions[] _clients;

    internal HandshakeLoad(int port, X509Certificate2 trusted, bool resumed)
    {
        _port = port;
        _resumed = resumed;

        // Sessions are kept by name: each client has one of its own, so that none takes another's.
        _clients = [.. Enumerable.Range(0, AtOnce).Select(i => new SslClientAuthenticationOptions
        {
            TargetHost = $"{i}.{ServerCertificate.HostName}",
            EnabledSslProtocols = SslProtocols.Tls13,
            AllowTlsResume = resumed,
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { trusted },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        })];

        // So that there is a session of this server to be resumed.
        Task.WhenAll(_clients.Select(ExchangeAsync)).GetAwaiter().GetResult();
    }

    /// <summary>How many connections there were.</summary>
    /// <exception cref="InvalidDataException">Their handshakes were not of the kind that was asked for.</exception>
    public long RunFor(TimeSpan duration)
    {
        (int Full, int Resumed)[] counts =
            Task.WhenAll(_clients.Select(client => RepeatAsync(client, duration))).GetAwaiter().GetResult();
        int resumed = counts.Sum(count => count.Resumed), all = resumed + counts.Sum(count => count.Full);
        return (_resumed ? resumed : all - resumed) >= NearlyAll * all
            ? all
            : throw new InvalidDataException($"{resumed} of {all} sessions were resumed");
    }

    public void Dispose()
    {
        // Every connection is closed already.
    }

    private async Task<(int Full, int Resumed)> RepeatAsync(SslClientAuthenticationOptions client, TimeSpan duration)
    {
        long began = Stopwatch.GetTimestamp();
        int full = 0, resumed = 0;
        while (Stopwatch.GetElapsedTime(began) < duration)
        {
            _ = await ExchangeAsync(client) ? resumed++ : full++;
        }

        return (full, resumed);
    }

    /// <summary>Connects, exchanges and closes; returns whether the session was resumed.</summary>
    private async Task<bool> ExchangeAsync(SslClientAuthenticationOptions client)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, _port);
        await using var counted = new CountedStream(socket);
        await using var stream = new SslStream(counted);
        await stream.AuthenticateAsClientAsync(client);
        bool resumed = counted.Received < CertificateBytes;
        await stream.WriteAsync(Exchange.Get.Request);
        byte[] answer = new byte[MaxAnswerBytes];
        int length = 0;
        do
        {
            int received = await stream.ReadAsync(answer.AsMemory(length));
            length += received > 0 ? received : throw new IOException("a connection was closed");
        }
        while (!Exchange.Get.IsComplete(answer.AsSpan(0, length)));
        return resumed;
    }
}
