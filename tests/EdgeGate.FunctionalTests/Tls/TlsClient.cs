using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace EdgeGate.FunctionalTests.Tls;

/// <summary>A connection over TLS that asks for one thing after another, and sends what it is told.</summary>
internal sealed class TlsClient : IAsyncDisposable
{
    private readonly SslStream _stream;
    private readonly CancellationToken _token;

    private TlsClient(SslStream stream, CancellationToken token) => (_stream, _token) = (stream, token);

    /// <summary>The fingerprint of the certificate that it was shown.</summary>
    public string Thumbprint => ((X509Certificate2)_stream.RemoteCertificate!).Thumbprint;

    public static async Task<TlsClient> ConnectAsync(
        IPEndPoint to, string name, CancellationToken token, X509Certificate2? certificate = null)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(to, token);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = name,
            RemoteCertificateValidationCallback = static (_, shown, _, _) => shown is not null,
        };
        if (certificate is not null)
        {
            options.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);
        }

        await stream.AuthenticateAsClientAsync(options, token);
        return new TlsClient(stream, token);
    }

    /// <summary>The fingerprint of the certificate that is shown for a name.</summary>
    public static async Task<string> ShownAsync(IPEndPoint to, string name, CancellationToken token)
    {
        await using var client = await ConnectAsync(to, name, token);
        return client.Thumbprint;
    }

    /// <summary>Sends a request with header lines of its own and reads the answer, which must have a Content-Length.</summary>
    public async Task<string> AskAsync(string lines = "")
    {
        await _stream.WriteAsync(Encoding.Latin1.GetBytes($"GET / HTTP/1.1\r\nHost: edge.test\r\n{lines}\r\n"), _token);
        using var reader = new StreamReader(_stream, Encoding.Latin1, leaveOpen: true);
        int length = 0;
        while (await reader.ReadLineAsync(_token) is { Length: > 0 } line)
        {
            length = line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase) ? int.Parse(line[16..], null) : length;
        }

        char[] body = new char[length];
        await reader.ReadBlockAsync(body, _token);
        return new string(body);
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}
