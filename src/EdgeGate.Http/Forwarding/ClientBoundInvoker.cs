using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace EdgeGate.Http.Forwarding;

/// <summary>
/// The HTTP client of a cluster whose connections begin with a PROXY header. Such a connection belongs to the client
/// that its header names, so each client connection has upstream connections of its own, which go with it: in one pool,
/// a request would travel under the name of whoever came first.
/// </summary>
/// <param name="create">Makes an HTTP client with a pool of its own.</param>
/// <param name="header">Writes the header for a client; for null, that of the gateway's own connections.</param>
internal sealed class ClientBoundInvoker(
    Func<HttpMessageInvoker> create, Func<ProxiedClient?, ReadOnlyMemory<byte>> header)
    : HttpMessageInvoker(Unused, disposeHandler: false)
{
    private static readonly HttpMessageHandler Unused = new SocketsHttpHandler();

    private readonly Dictionary<string, Pool> _pools = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly Pool _own = new(create(), header(null));

    /// <summary>One client connection's upstream connections.</summary>
    private sealed class Pool(HttpMessageInvoker inner, ReadOnlyMemory<byte> header)
        : HttpMessageInvoker(Unused, disposeHandler: false)
    {
        internal int Requests;
        internal bool ClientHasGone;

        public override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Options.Set(UpstreamDialer.Preface, header);
            return inner.SendAsync(request, cancellationToken);
        }

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }

    /// <summary>A request that uses a pool; the response disposes of it at its end.</summary>
    private sealed class Use(ClientBoundInvoker owner, string connection, Pool pool) : IDisposable
    {
        public void Dispose() => owner.Leave(connection, pool);
    }

    /// <summary>The HTTP client for one request, which is the same for all of its connection.</summary>
    public HttpMessageInvoker For(HttpContext context)
    {
        string connection = context.Connection.Id;
        bool isNew;
        Pool? pool;
        lock (_lock)
        {
            isNew = !_pools.TryGetValue(connection, out pool);
            pool ??= _pools[connection] = new Pool(create(), header(ClientOf(context.Connection)));
            pool.Requests++;
        }

        context.Response.RegisterForDispose(new Use(this, connection, pool));
        if (isNew)
        {
            // At once, where the client has said its last already and only waits for the answer.
            CancellationToken closed = context.Features.Get<IConnectionLifetimeFeature>()?.ConnectionClosed
                ?? new CancellationToken(canceled: true);
            closed.UnsafeRegister(_ => OnClientGone(connection, pool), null);
        }

        return pool;
    }

    /// <summary>A request that is no client's: a health probe.</summary>
    public override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken) => _own.SendAsync(request, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        _own.Dispose();
        base.Dispose(disposing);
    }

    private static ProxiedClient ClientOf(ConnectionInfo connection) => new(
        EndPointOf(connection.RemoteIpAddress, connection.RemotePort),
        EndPointOf(connection.LocalIpAddress, connection.LocalPort));

    private static IPEndPoint? EndPointOf(IPAddress? address, int port) =>
        address is null ? null : new IPEndPoint(address, port);

    private void Leave(string connection, Pool pool)
    {
        lock (_lock)
        {
            pool.Requests--;
        }

        DisposeIfUnused(connection, pool);
    }

    private void OnClientGone(string connection, Pool pool)
    {
        lock (_lock)
        {
            pool.ClientHasGone = true;
        }

        DisposeIfUnused(connection, pool);
    }

    private void DisposeIfUnused(string connection, Pool pool)
    {
        lock (_lock)
        {
            if (!pool.ClientHasGone || pool.Requests > 0
                || _pools.GetValueOrDefault(connection) != pool || !_pools.Remove(connection))
            {
                return;
            }
        }

        pool.Dispose();
    }
}
