using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Transport.Kestrel;

/// <summary>
/// A listener whose connections go to Kestrel. A connection is offered to Kestrel with its first bytes, not before: a
/// client that only connects costs a socket and its lease, but no pipe and no buffer.
/// </summary>
internal sealed class LoopConnectionListener : IConnectionListener, ILane
{
    private readonly Channel<LoopConnectionContext> _offered =
        Channel.CreateUnbounded<LoopConnectionContext>(new UnboundedChannelOptions { SingleReader = true });

    private readonly LoopEndPoint _endPoint;
    private readonly LoopPipes[] _pipes;
    private readonly ConnectionTable _connections;
    private readonly Listener _listener;

    internal LoopConnectionListener(LoopEndPoint endPoint, TransportServices services, LoopPipes[] pipes)
    {
        _endPoint = endPoint;
        _pipes = pipes;
        _connections = new ConnectionTable(services.Loops);
        _listener = endPoint.Bound ?? Listener.Bind(endPoint.Options, services);
        EndPoint = _listener.EndPoint;
        Log = services.ListenerLog;
        _listener.Serve(this, endPoint.Options);
    }

    public EndPoint EndPoint { get; }

    /// <summary>
    /// Its own, and one upstream connection: what an HTTP/1.1 request and a WebSocket need at a time.
    /// </summary>
    public int DescriptorsPerConnection => 2;

    /// <summary>The upstream's: HTTP connections share a pool of those.</summary>
    public int SharedDescriptors => 1;

    public ReadOnlySpan<byte> Refusal => _endPoint.Refusal.Span;

    internal TimeSpan FirstByteTimeout => _endPoint.FirstByteTimeout;

    internal ILogger Log { get; }

    internal bool ProxyProtocol => _endPoint.ProxyProtocol;

    public AcceptedConnection CreateConnection(in AcceptedSocket socket) => new KestrelConnection(socket, this);

    /// <summary>The next connection; null after <see cref="UnbindAsync"/>. It never throws: Kestrel would stop accepting.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _offered.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            if (_offered.Reader.TryRead(out LoopConnectionContext? connection))
            {
                return connection;
            }
        }

        return null;
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        if (await _listener.StopAsync(this).ConfigureAwait(false))
        {
            // Kestrel does not know those that have sent nothing yet, so nobody else would close them.
            await _connections.ForEachAsync(c => (c as KestrelConnection)?.CloseIfSilent(_listener)).ConfigureAwait(false);
        }

        _offered.Writer.TryComplete();
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync().ConfigureAwait(false);
        while (_offered.Reader.TryRead(out LoopConnectionContext? unwanted))
        {
            unwanted.Abort(new ConnectionAbortedException("The listener was closed before the connection was accepted."));
            await unwanted.DisposeAsync().ConfigureAwait(false);
        }
    }

    internal LoopPipes PipesOf(EventLoop loop) => _pipes[loop.Index];

    /// <summary>Hands a connection to Kestrel; false once it is unbound.</summary>
    internal bool Offer(LoopConnectionContext connection) => _offered.Writer.TryWrite(connection);
}
