using System.Collections.Concurrent;
using System.Net;

namespace EdgeGate.Http.Upstream;

/// <summary>
/// HTTP/1.1 to cleartext upstreams over the gateway's own loops. A request that comes from a loop is sent, answered and
/// gone on with on that loop. Anything else (TLS, HTTP/2, HTTP/1.0) is HttpClient's own handler's.
/// </summary>
internal sealed class UpstreamHandler : HttpMessageHandler
{
    private readonly IUpstreamLoops _loops;
    private readonly UpstreamOptions _options;
    private readonly HttpMessageInvoker _others;
    private readonly ConcurrentDictionary<(string Host, int Port), UpstreamPool> _pools = new();
    private readonly UpstreamSweeper _sweeper;

    /// <param name="loops">Where connections live.</param>
    /// <param name="options">How they are made and kept.</param>
    /// <param name="others">What takes the requests that are not for this one; disposed with it.</param>
    internal UpstreamHandler(IUpstreamLoops loops, UpstreamOptions options, HttpMessageHandler others)
    {
        _loops = loops;
        _options = options;
        _others = new HttpMessageInvoker(others);
        _sweeper = new UpstreamSweeper(options.Time, Sweep);
    }

    /// <summary>Connections, in use or idle or being made.</summary>
    internal int Connections => _pools.Values.Sum(pool => pool.Connections);

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!IsOurs(request))
        {
            return _others.SendAsync(request, cancellationToken);
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<HttpResponseMessage>(cancellationToken);
        }

        UpstreamPool pool = PoolOf(request.RequestUri!);
        IUpstreamLoop? current = _loops.Current;
        var exchange = new UpstreamExchange(request, current ?? pool.NextLoop(), isInline: current is not null, cancellationToken);
        exchange.Begin();
        pool.Start(exchange);
        return exchange.Task;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _sweeper.Dispose();
            foreach (UpstreamPool pool in _pools.Values)
            {
                pool.Sweep(all: true);
            }

            _others.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>HTTP/1.1 is asked for, or may be what comes of it: without TLS nothing could agree on more.</summary>
    private static bool IsOurs(HttpRequestMessage request) =>
        request.RequestUri is { IsAbsoluteUri: true } uri && uri.Scheme == Uri.UriSchemeHttp
        && request.Method != HttpMethod.Connect
        && (request.Version == HttpVersion.Version11
            || (request.Version.Major > 1 && request.VersionPolicy == HttpVersionPolicy.RequestVersionOrLower));

    private UpstreamPool PoolOf(Uri uri)
    {
        (string Host, int Port) key = (uri.IdnHost, uri.Port);
        return _pools.TryGetValue(key, out UpstreamPool? pool)
            ? pool
            : _pools.GetOrAdd(
                key,
                static (key, state) => new UpstreamPool(
                    key.Host, key.Port, state.IsDefaultPort, state.Handler._loops, state.Handler._options, state.Handler._sweeper),
                (Handler: this, uri.IsDefaultPort));
    }

    private bool Sweep()
    {
        bool any = false;
        foreach (UpstreamPool pool in _pools.Values)
        {
            pool.Sweep(all: false);
            any |= pool.Connections > 0;
        }

        return any;
    }
}
