using System.Security.Authentication;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace EdgeGate.Transport.Kestrel;

/// <content>
/// What those who serve the requests tell. They are on the thread pool, several at once with HTTP/2, and the loop reads:
/// each field is written whole, by one Interlocked operation or one volatile write.
/// </content>
internal sealed partial class LoopConnectionContext : IRequestActivity
{
    private readonly long _openedAt = Environment.TickCount64;
    private int _requestsInFlight;
    private int _upgradesInFlight;
    private long _requests;
    private long _idleSince;
    private volatile string? _httpVersion;
    private volatile string? _destination;
    private SslProtocols _tlsVersion;
    private string? _serverName;

    /// <summary>Requests that have begun and not ended.</summary>
    internal int RequestsInFlight => Volatile.Read(ref _requestsInFlight);

    /// <summary>Those of them that have become WebSockets.</summary>
    internal int UpgradesInFlight => Volatile.Read(ref _upgradesInFlight);

    /// <summary>Requests that have begun so far.</summary>
    internal long Requests => Volatile.Read(ref _requests);

    /// <summary>When the last request ended (<see cref="Environment.TickCount64"/>); 0 before the first has.</summary>
    internal long IdleSince => Volatile.Read(ref _idleSince);

    /// <summary>The protocol by its ALPN name; null before the first request.</summary>
    internal string? HttpVersion => _httpVersion;

    /// <summary>Where the last request went; null before the first.</summary>
    internal string? Destination => _destination;

    /// <summary>The version of TLS; none before the first request, and without TLS.</summary>
    internal SslProtocols TlsVersion => _httpVersion is null ? SslProtocols.None : _tlsVersion;

    /// <summary>The name in the hello of TLS; null before the first request, and without one.</summary>
    internal string? ServerName => _httpVersion is null ? null : _serverName;

    long IRequestActivity.ConnectionId => _connection.Id;

    string IRequestActivity.Listener => _connection.Listener.Name;

    bool IRequestActivity.IsTls => TlsVersion != SslProtocols.None;

    TimeSpan IRequestActivity.SinceAccepted => _connection.Age;

    TimeSpan IRequestActivity.SinceFirstByte => TimeSpan.FromMilliseconds(Environment.TickCount64 - _openedAt);

    bool IRequestActivity.Begin(string protocol)
    {
        if (_httpVersion is null)
        {
            NoteTls();
            _httpVersion = AlpnNameOf(protocol); // last, because it says that the rest can be read
        }

        Interlocked.Increment(ref _requestsInFlight);
        return Interlocked.Increment(ref _requests) == 1;
    }

    void IRequestActivity.SentTo(string destination) => _destination = destination;

    void IRequestActivity.Upgraded() => Interlocked.Increment(ref _upgradesInFlight);

    void IRequestActivity.End(bool upgraded)
    {
        if (upgraded)
        {
            Interlocked.Decrement(ref _upgradesInFlight);
        }

        // Before the count goes down: whoever sees that nothing is in flight must not see an older time.
        Volatile.Write(ref _idleSince, Environment.TickCount64);
        Interlocked.Decrement(ref _requestsInFlight);
    }

    /// <summary>
    /// Asks Kestrel to end the connection after the requests that have begun; on the thread pool, because Kestrel runs
    /// callbacks of its own for it.
    /// </summary>
    internal void RequestClose() =>
        ThreadPool.UnsafeQueueUserWorkItem(static context => context._features.RequestClose(), this, preferLocal: false);

    // Kestrel puts the feature there before the handshake; what it says is true after it, as at a request.
    private void NoteTls()
    {
        if (_features.Get<ITlsHandshakeFeature>() is { } tls)
        {
            _tlsVersion = tls.Protocol;
            _serverName = string.IsNullOrEmpty(tls.HostName) ? null : tls.HostName;
        }
    }

    private static string AlpnNameOf(string protocol) =>
        HttpProtocol.IsHttp2(protocol) ? "h2"
        : HttpProtocol.IsHttp11(protocol) ? "http/1.1"
        : "http/1.0";
}
