using System.Diagnostics;
using System.Net.Sockets;

namespace EdgeGate.Http.Upstream;

/// <summary>
/// A connection to an upstream: one exchange at a time, on the thread of its loop. Between exchanges it lies idle in its
/// shelf, and an upstream that says anything then is not believed any more.
/// </summary>
internal sealed partial class UpstreamConnection : IUpstreamSocketHandler
{
    private readonly ConnectionShelf _shelf;
    private UpstreamDial? _dial; // until it has connected
    private IUpstreamSocket? _socket;
    private UpstreamPort? _port;
    private IDisposable? _descriptor;
    private UpstreamExchange? _exchange;
    private bool _isClosed;
    private bool _mustClose; // after this exchange
    private bool _wasUsed;
    private bool _isRequestDone;
    private bool _isResponseDone;

    private bool _readable;
    private bool _ending;

    internal UpstreamConnection(IUpstreamLoop loop, ConnectionShelf shelf, UpstreamDial dial)
    {
        Loop = loop;
        _shelf = shelf;
        _dial = dial;
    }

    internal IUpstreamLoop Loop { get; }

    /// <summary>When it was opened, on the clock of the options.</summary>
    internal long OpenedAt { get; private set; }

    /// <summary>When it became idle, on the same clock.</summary>
    internal long IdleSince { get; set; }

    /// <summary>Whether it is of no use any more. Written by its loop, read by anyone.</summary>
    internal bool IsClosed => Volatile.Read(ref _isClosed);

    /// <summary>Begins to connect; the dial is told how it ended.</summary>
    /// <param name="endPoint">Where to.</param>
    /// <param name="port">From which port; the connection's to give back, unless it fails at once.</param>
    /// <param name="descriptor">The right to one, likewise.</param>
    /// <returns>The error, if it failed at once.</returns>
    internal SocketError Connect(System.Net.EndPoint endPoint, UpstreamPort? port, IDisposable? descriptor)
    {
        OpenedAt = _shelf.Now;
        _socket = Loop.Connect(endPoint, port, this, out SocketError error);
        if (error == SocketError.Success)
        {
            (_port, _descriptor) = (port, descriptor);
        }

        return error;
    }

    public void OnConnected(SocketError error)
    {
        UpstreamDial? dial = _dial;
        _dial = null;
        Volatile.Write(ref _isClosed, error != SocketError.Success);
        dial?.OnConnected(this, error);
    }

    /// <summary>It took too long to connect; on the loop.</summary>
    internal void GiveUp()
    {
        _dial = null;
        Volatile.Write(ref _isClosed, true);
        _socket?.Close(reset: true);
    }

    /// <summary>Sends a request; on the loop. One that is closed meanwhile has the request sent by another.</summary>
    internal void Start(UpstreamExchange exchange)
    {
        if (_isClosed)
        {
            _shelf.Start(exchange);
            return;
        }

        exchange.Bind(this);
        if (exchange.IsOver)
        {
            _shelf.Release(this);
            return;
        }

        // What cannot be sent twice is not sent on a connection whose end is known to the kernel already.
        if (_wasUsed && !exchange.CanRetry && !IsQuiet(mustLook: true))
        {
            Close(reset: false);
            _shelf.Start(exchange);
            return;
        }

        _exchange = exchange;
        _isRequestDone = _isResponseDone = false;
        BeginHead(exchange.Request.Method == HttpMethod.Head);
        SendHead(exchange);
    }

    /// <summary>The exchange's end was asked for while its response was outstanding.</summary>
    internal void Cancel(UpstreamExchange exchange)
    {
        if (_exchange == exchange)
        {
            Terminate(new OperationCanceledException(exchange.Token), reset: true);
        }
    }

    /// <summary>Closes an idle connection, on its loop.</summary>
    internal void CloseIfIdle()
    {
        if (_exchange is null)
        {
            Close(reset: false);
        }
    }

    public void OnReadable(bool ending)
    {
        _readable = true;
        _ending |= ending;
        if (_exchange is null)
        {
            if (!IsQuiet(mustLook: false))
            {
                Close(reset: false);
            }
        }
        else if (_headDue)
        {
            ReadHead();
        }
        else if (_body is { } body)
        {
            body.OnReadable();
        }
        else if (!IsQuiet(mustLook: false))
        {
            // The answer is complete and the request is not: whatever comes now, nobody listens any more.
            Terminate(UpstreamErrors.ResponseEnded(), reset: true);
        }
    }

    public void OnWritable() => PumpOutput();

    public void OnClosed()
    {
        _socket = null;
        _port?.Dispose();
        _descriptor?.Dispose();
        Terminate(new IOException("The connection was closed because the gateway stops."), reset: true);
    }

    /// <summary>Reads from the socket, if there may be something.</summary>
    internal SocketResult Receive(Span<byte> buffer)
    {
        if (!_readable || _socket is null)
        {
            return new SocketResult(0, SocketError.WouldBlock);
        }

        SocketResult received = _socket.Receive(buffer);

        // Edge-triggered, a short read has emptied the socket, unless an end was reported with it.
        _readable = received.Error == SocketError.Success && received.Bytes > 0
            && (_ending || received.Bytes == buffer.Length);
        return received;
    }

    /// <summary>Whether more may be there to be read.</summary>
    internal bool MayBeReadable => _readable;

    /// <summary>Whether the upstream has said nothing that nobody asked for, its end included.</summary>
    private bool IsQuiet(bool mustLook)
    {
        _readable |= mustLook;
        Span<byte> one = stackalloc byte[1];
        return Receive(one).WouldBlock;
    }

    /// <summary>Both sides of the exchange are over.</summary>
    private void EndExchange()
    {
        Debug.Assert(_isRequestDone && _isResponseDone, "an exchange that is not over");
        _exchange = null;
        _body = null;
        _requestBody = null;
        _wasUsed = true;
        if (_mustClose || !IsQuiet(mustLook: false))
        {
            Close(reset: false);
        }
        else
        {
            _shelf.Release(this);
        }
    }

    private void Close(bool reset) => Terminate(null, reset);

    /// <summary>Closes the connection and tells everyone who waits on it; the last thing that its caller does.</summary>
    private void Terminate(Exception? error, bool reset, bool again = false)
    {
        if (_isClosed)
        {
            return;
        }

        Volatile.Write(ref _isClosed, true);
        UpstreamExchange? exchange = _exchange;
        (LiveBody? body, RequestBody? requestBody) = (_body, _requestBody);
        bool headDue = _headDue;
        _exchange = null;
        _body = null;
        _requestBody = null;
        DropBuffers();
        _socket?.Close(reset);
        UpstreamDial? dial = _dial;
        _dial = null;
        if (dial is not null)
        {
            dial.OnConnected(this, SocketError.OperationAborted);
            return;
        }

        _shelf.Removed();
        error ??= UpstreamErrors.ResponseEnded();
        requestBody?.Fail(error);
        body?.Fail(error);
        if (exchange is not null && headDue)
        {
            if (again)
            {
                _shelf.StartAfresh(exchange);
            }
            else
            {
                exchange.Fail(error is HttpRequestException or OperationCanceledException ? error : UpstreamErrors.RequestFailed(error));
            }
        }
    }
}
