using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using EdgeGate.Http.Forwarding;

namespace EdgeGate.Http.Upstream;

/// <summary>
/// Makes one connection for a request: finds the destination's addresses and tries one after the other, all within the
/// connect time-out. A request that is cancelled meanwhile leaves the connection to others.
/// </summary>
internal sealed class UpstreamDial(ConnectionShelf shelf, UpstreamExchange exchange)
{
    private readonly UpstreamPool _pool = shelf.Pool;
    private readonly long _began = shelf.Now;
    private readonly Activity? _requestedBy = Activity.Current; // it is made where the request is
    private ITimer? _timer;
    private EndPoint[] _addresses = [];
    private int _next;
    private UpstreamConnection? _connecting;
    private SocketError _error = SocketError.HostNotFound;
    private UpstreamShortageException? _shortage;
    private bool _hasFailed; // an address, for a reason of its own
    private bool _isOutOfTime;

    private TimeSpan Elapsed => _pool.Options.Time.GetElapsedTime(_began);

    private TimeSpan Remaining => _pool.Options.ConnectTimeout - Elapsed;

    /// <summary>Begins, from any thread.</summary>
    internal void Begin()
    {
        if (_pool.FixedEndPoint is not { } address)
        {
            _ = ResolveAsync();
            return;
        }

        _addresses = [address];
        if (exchange.Loop.IsCurrent)
        {
            ConnectNext();
        }
        else
        {
            exchange.Loop.Post(static dial => ((UpstreamDial)dial!).ConnectNext(), this);
        }
    }

    /// <summary>An attempt has ended; on the loop.</summary>
    internal void OnConnected(UpstreamConnection connection, SocketError error)
    {
        if (connection != _connecting)
        {
            return;
        }

        _connecting = null;
        if (error != SocketError.Success)
        {
            _error = error;
            _hasFailed = true;
            ConnectNext();
            return;
        }

        _timer?.Dispose();
        Tell(SocketError.Success);
        connection.Start(exchange);
    }

    // Each connection asks anew: a changed address is found when the connection's lifetime ends, at the latest.
    private async Task ResolveAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(_pool.Options.ConnectTimeout, _pool.Options.Time);
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(_pool.Host, limit.Token).ConfigureAwait(false);
            _addresses = [.. addresses.Select(address => new IPEndPoint(address, _pool.Port))];
        }
        catch (SocketException e)
        {
            _error = e.SocketErrorCode;
        }
        catch (OperationCanceledException)
        {
            _error = SocketError.TimedOut;
            _isOutOfTime = true;
        }

        exchange.Loop.Post(static dial => ((UpstreamDial)dial!).ConnectNext(), this);
    }

    private void ConnectNext()
    {
        while (_next < _addresses.Length && Remaining > TimeSpan.Zero)
        {
            if (TryConnect(_addresses[_next++]))
            {
                ArmTimer();
                return;
            }
        }

        Fail();
    }

    /// <summary>Begins to connect to an address, from one source after the other while the kernel finds no port.</summary>
    private bool TryConnect(EndPoint address)
    {
        while (TryTake(address, out UpstreamPort? port, out IDisposable? descriptor))
        {
            var connection = new UpstreamConnection(exchange.Loop, shelf, this);
            SocketError error = connection.Connect(address, port, descriptor);
            if (error == SocketError.Success)
            {
                _connecting = connection;
                return true;
            }

            descriptor?.Dispose();
            if (error != SocketError.AddressNotAvailable || port is null)
            {
                port?.Dispose();
                _error = error;
                _hasFailed = true;
                return false;
            }

            port.ReturnRefused();
        }

        return false;
    }

    /// <summary>Takes what a connection needs of this machine; both are null where nobody counts them.</summary>
    private bool TryTake(EndPoint address, out UpstreamPort? port, out IDisposable? descriptor)
    {
        port = null;
        descriptor = null;
        if (_pool.Options.TakeDescriptor is { } take && (descriptor = take()) is null)
        {
            _shortage = UpstreamShortageException.NoDescriptor();
        }
        else if (address is IPEndPoint ip && _pool.Options.TakePort is { } takePort
            && (port = takePort(_pool.Host, _pool.Port, ip)) is null)
        {
            descriptor?.Dispose();
            _shortage = UpstreamShortageException.NoPort(_pool.Host, _pool.Port);
        }
        else
        {
            return true;
        }

        return false;
    }

    /// <summary>While there is another address to try, half of the time is left for that.</summary>
    private void ArmTimer()
    {
        TimeSpan limit = _next < _addresses.Length ? Remaining / 2 : Remaining;
        if (_timer is null)
        {
            _timer = _pool.Options.Time.CreateTimer(
                static state => ((UpstreamDial)state!).PostTimeOut(), this, limit, Timeout.InfiniteTimeSpan);
        }
        else
        {
            _timer.Change(limit, Timeout.InfiniteTimeSpan);
        }
    }

    private void PostTimeOut() => exchange.Loop.Post(static dial => ((UpstreamDial)dial!).OnTimeOut(), this);

    private void OnTimeOut()
    {
        if (_connecting is { } connection)
        {
            _connecting = null;
            _error = SocketError.TimedOut;
            _isOutOfTime = _hasFailed = true;
            connection.GiveUp();
            ConnectNext();
        }
    }

    private void Fail()
    {
        _timer?.Dispose();
        if (_shortage is not null && !_hasFailed)
        {
            FailFor(_shortage);
            return;
        }

        Tell(_error);
        shelf.Removed();
        exchange.Fail(_isOutOfTime || Remaining <= TimeSpan.Zero
            ? UpstreamErrors.ConnectTimedOut(_pool.Options.ConnectTimeout)
            : UpstreamErrors.ConnectFailed(_pool.Host, _pool.Port, new SocketException((int)_error)));
    }

    private void Tell(SocketError error) => _pool.Options.Connected?.Invoke(
        new UpstreamConnect(_pool.Options.Cluster, _pool.Host, _pool.Port, Elapsed, error, _requestedBy));

    // Another loop may have a connection that nobody uses: it is better than none.
    private void FailFor(UpstreamShortageException shortage)
    {
        shelf.Removed();
        if (!_pool.TryStartIdle(exchange))
        {
            exchange.Fail(new HttpRequestException(HttpRequestError.ConnectionError, shortage.Message, shortage));
        }
    }
}
