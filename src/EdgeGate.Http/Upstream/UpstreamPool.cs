using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EdgeGate.Http.Upstream;

/// <summary>The connections to one destination: a host and a port, or a Unix socket.</summary>
internal sealed class UpstreamPool
{
    private readonly ConnectionShelf[] _shelves;
    private readonly byte[] _hostLine;
    private int _turn;

    internal UpstreamPool(string host, int port, bool isDefaultPort, IUpstreamLoops loops, UpstreamOptions options, UpstreamSweeper sweeper)
    {
        Host = host;
        Port = port;
        Loops = loops;
        Options = options;
        Sweeper = sweeper;
        bool isLimited = options.MaxConnections < int.MaxValue;
        _shelves = new ConnectionShelf[isLimited ? 1 : loops.All.Count];
        for (int i = 0; i < _shelves.Length; i++)
        {
            _shelves[i] = new ConnectionShelf(this, options.MaxConnections);
        }

        string name = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        string suffix = isDefaultPort ? "" : string.Create(CultureInfo.InvariantCulture, $":{port}");
        _hostLine = Encoding.ASCII.GetBytes($"Host: {name}{suffix}\r\n");
        FixedEndPoint = UnixUpstreamAddress.TryGetEndPoint(host, out UnixDomainSocketEndPoint? unix) ? unix
            : IPAddress.TryParse(host, out IPAddress? address) ? new IPEndPoint(address, port)
            : null;
    }

    internal string Host { get; }

    internal int Port { get; }

    internal IUpstreamLoops Loops { get; }

    internal UpstreamOptions Options { get; }

    internal UpstreamSweeper Sweeper { get; }

    internal ReadOnlySpan<byte> HostLine => _hostLine;

    /// <summary>Its address; null for a name, which is looked up for each connection.</summary>
    internal EndPoint? FixedEndPoint { get; }

    /// <summary>Connections, in use or idle or being made.</summary>
    internal int Connections => _shelves.Sum(shelf => shelf.Connections);

    /// <summary>The loop that works for a request which comes from none: each in turn.</summary>
    internal IUpstreamLoop NextLoop() => Loops.All[(int)((uint)Interlocked.Increment(ref _turn) % Loops.All.Count)];

    /// <summary>Has a request sent, as soon as there is a connection; from any thread.</summary>
    internal void Start(UpstreamExchange exchange) => ShelfFor(exchange).Start(exchange);

    /// <summary>Has a request sent on any connection that is idle, whichever loop it lives on; false if none is.</summary>
    internal bool TryStartIdle(UpstreamExchange exchange) =>
        Array.Exists(_shelves, shelf => shelf.TryStartIdle(exchange));

    internal void Sweep(bool all) => Array.ForEach(_shelves, shelf => shelf.Sweep(all));

    private ConnectionShelf ShelfFor(UpstreamExchange exchange)
    {
        if (_shelves.Length == 1)
        {
            return _shelves[0];
        }

        ConnectionShelf own = _shelves[exchange.Loop.Index];
        if (!exchange.IsInline && !own.HasIdle)
        {
            // From no loop: another thread has to be woken anyway, so any connection will do.
            foreach (ConnectionShelf shelf in _shelves)
            {
                if (shelf.HasIdle)
                {
                    return shelf;
                }
            }
        }

        return own;
    }
}
