
namespace EdgeGate.Http.Upstream;

/// <summary>
/// Connections to one destination that lie idle, last in first out, and requests that wait for one, first in first out. A
/// destination has a shelf for each loop, whose lock is then hardly ever contended, because only requests that come from no
/// loop look into others; one whose connections are limited has a single shelf, or the limit would not be one.
/// </summary>
internal sealed class ConnectionShelf(UpstreamPool pool, int limit)
{
    private readonly Lock _lock = new();
    private readonly List<UpstreamConnection> _idle = [];
    private readonly Queue<UpstreamExchange> _waiting = new();
    private int _connections; // those that are being made among them
    private bool _isDisposed;

    internal UpstreamOptions Options => pool.Options;

    internal UpstreamPool Pool => pool;

    /// <summary>The Host line of a request that has none of its own.</summary>
    internal ReadOnlySpan<byte> HostLine => pool.HostLine;

    /// <summary>Now, on the clock of the options.</summary>
    internal long Now => pool.Options.Time.GetTimestamp();

    /// <summary>Connections, in use or idle or being made.</summary>
    internal int Connections => Volatile.Read(ref _connections);

    /// <summary>Whether a connection lies here, or did a moment ago.</summary>
    internal bool HasIdle
    {
        get
        {
            lock (_lock)
            {
                return _idle.Count > 0;
            }
        }
    }

    /// <summary>Has a request sent, as soon as there is a connection; from any thread.</summary>
    internal void Start(UpstreamExchange exchange)
    {
        UpstreamConnection? connection;
        lock (_lock)
        {
            connection = TakeIdle(exchange.Loop);
            if (connection is null && _connections >= limit)
            {
                Enqueue(exchange);
                return;
            }

            _connections += connection is null ? 1 : 0;
        }

        if (connection is null)
        {
            Dial(exchange);
        }
        else
        {
            Hand(exchange, connection);
        }
    }

    /// <summary>Has a request sent on a connection that lies here; false if none does.</summary>
    internal bool TryStartIdle(UpstreamExchange exchange)
    {
        UpstreamConnection? connection;
        lock (_lock)
        {
            connection = TakeIdle(exchange.Loop);
        }

        if (connection is not null)
        {
            Hand(exchange, connection);
        }

        return connection is not null;
    }

    /// <summary>Sends a request again, on a connection that is new: its old one was dead.</summary>
    internal void StartAfresh(UpstreamExchange exchange)
    {
        exchange.CanRetry = false;
        lock (_lock)
        {
            // It takes the place of the dead one, if nobody was waiting for that.
            if (_connections >= limit)
            {
                Enqueue(exchange);
                return;
            }

            _connections++;
        }

        Dial(exchange);
    }

    /// <summary>Takes a connection back that is as good as new, on its loop.</summary>
    internal void Release(UpstreamConnection connection)
    {
        long now = Now;
        UpstreamExchange? next = null;
        bool isKept;
        lock (_lock)
        {
            isKept = !_isDisposed && !IsExpired(connection, now);
            if (isKept && !TryTakeWaiting(out next))
            {
                connection.IdleSince = now;
                _idle.Add(connection);
            }
        }

        if (next is not null)
        {
            connection.Start(next);
        }
        else if (!isKept)
        {
            connection.CloseIfIdle();
        }
    }

    /// <summary>A connection, or the attempt to make one, has come to its end: whoever waits gets its place.</summary>
    internal void Removed()
    {
        UpstreamExchange? next;
        lock (_lock)
        {
            _connections--;
            if (TryTakeWaiting(out next))
            {
                _connections++;
            }
        }

        if (next is not null)
        {
            Dial(next);
        }
    }

    /// <summary>Closes what has been idle too long or is too old; all of it at the end.</summary>
    internal void Sweep(bool all)
    {
        long now = Now;
        List<UpstreamConnection> gone = [];
        lock (_lock)
        {
            _isDisposed |= all;
            for (int i = _idle.Count - 1; i >= 0; i--)
            {
                UpstreamConnection idle = _idle[i];
                if (all || idle.IsClosed || IsExpired(idle, now)
                    || Options.Time.GetElapsedTime(idle.IdleSince, now) > Options.IdleTimeout)
                {
                    gone.Add(idle);
                    _idle.RemoveAt(i);
                }
            }
        }

        foreach (UpstreamConnection idle in gone)
        {
            idle.Loop.Post(static connection => ((UpstreamConnection)connection!).CloseIfIdle(), idle);
        }
    }

    /// <summary>
    /// A connection of the loop that asks if there is one: then no thread has to be woken. Of those that are too old the
    /// sweep takes care.
    /// </summary>
    private UpstreamConnection? TakeIdle(IUpstreamLoop loop)
    {
        UpstreamConnection? other = null;
        long now = _idle.Count > 0 ? Now : 0;
        for (int i = _idle.Count - 1; i >= 0; i--)
        {
            UpstreamConnection idle = _idle[i];
            if (idle.IsClosed)
            {
                _idle.RemoveAt(i);
            }
            else if (!IsExpired(idle, now))
            {
                if (idle.Loop == loop)
                {
                    _idle.RemoveAt(i);
                    return idle;
                }

                other ??= idle;
            }
        }

        if (other is not null)
        {
            _idle.Remove(other);
        }

        return other;
    }

    // Those that have given up are mostly the oldest: while the upstream stands still they must not pile up.
    private void Enqueue(UpstreamExchange exchange)
    {
        while (_waiting.TryPeek(out UpstreamExchange? first) && first.IsOver)
        {
            _waiting.Dequeue();
        }

        _waiting.Enqueue(exchange);
    }

    private bool TryTakeWaiting(out UpstreamExchange? next)
    {
        while (_waiting.TryDequeue(out next))
        {
            if (!next.IsOver)
            {
                return true;
            }
        }

        return false;
    }

    private bool IsExpired(UpstreamConnection connection, long now) =>
        Options.Time.GetElapsedTime(connection.OpenedAt, now) > Options.ConnectionLifetime;

    private static void Hand(UpstreamExchange exchange, UpstreamConnection connection)
    {
        if (connection.Loop.IsCurrent)
        {
            connection.Start(exchange);
            return;
        }

        exchange.Bind(connection);
        connection.Loop.Post(
            static state =>
            {
                var (connection, exchange) = ((UpstreamConnection, UpstreamExchange))state!;
                connection.Start(exchange);
            },
            (connection, exchange));
    }

    private void Dial(UpstreamExchange exchange)
    {
        pool.Sweeper.Arm();
        new UpstreamDial(this, exchange).Begin();
    }
}
