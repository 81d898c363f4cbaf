using System.Buffers;
using System.Threading.Tasks.Sources;
using EdgeGate.Http.Upstream.Framing;

namespace EdgeGate.Http.Upstream;

/// <summary>
/// A response's body as it comes. A read takes straight from the socket into the reader's buffer; while nobody reads,
/// nothing is taken, and the upstream is held back. Everything happens on the connection's loop, whoever reads.
/// </summary>
internal partial class LiveBody : BodyStream, IValueTaskSource<int>
{
    /// <summary>
    /// As many bytes are given out in one go on the loop; then it is the turn of what was written of them. Else the
    /// client's pipe fills up while the loop is kept from emptying it, and Kestrel, which has to wait, goes on on the thread
    /// pool: two wake-ups for each piece of a long body.
    /// </summary>
    private const int TurnBytes = 64 * 1024;

    private readonly BodyKind _kind;
    private int _givenInTurn;
    private long _remaining; // of a body with a length
    private ChunkedDecoder _decoder;
    private byte[]? _begun; // what came with the head
    private int _begunStart;
    private int _begunEnd;
    private bool _isOver;
    private Exception? _error;

    private ManualResetValueTaskSourceCore<int> _read;
    private Memory<byte> _destination;
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;
    private bool _isAwaited;

    /// <param name="connection">Where it comes from.</param>
    /// <param name="kind">How its end is known.</param>
    /// <param name="length">Its length, if that is how.</param>
    /// <param name="begun">What has come of it.</param>
    /// <param name="isInline">Whether the reader goes on on the loop.</param>
    internal LiveBody(UpstreamConnection connection, BodyKind kind, long length, ReadOnlySpan<byte> begun, bool isInline)
    {
        Connection = connection;
        _kind = kind;
        _remaining = length;
        _read.RunContinuationsAsynchronously = !isInline;
        if (!begun.IsEmpty)
        {
            _begun = ArrayPool<byte>.Shared.Rent(begun.Length);
            _begunEnd = begun.Length;
            begun.CopyTo(_begun);
        }
    }

    /// <summary>The response that gets the trailers.</summary>
    internal HttpResponseMessage? Response { get; set; }

    protected UpstreamConnection Connection { get; }

    public override bool CanRead => true;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        if (!Connection.Loop.IsCurrent)
        {
            Begin(buffer, cancellationToken);
            Connection.Loop.Post(
                static state =>
                {
                    var body = (LiveBody)state!;
                    body._isAwaited = true;
                    body.OnReadable();
                },
                this);
            return new ValueTask<int>(this, _read.Version);
        }

        bool isItsTurnOver = _givenInTurn >= TurnBytes;
        try
        {
            if (!isItsTurnOver && TryRead(buffer.Span, out int count))
            {
                _givenInTurn += count;
                return new(count);
            }
        }
        catch (Exception e)
        {
            return ValueTask.FromException<int>(e);
        }

        _givenInTurn = 0;
        Begin(buffer, cancellationToken);
        _isAwaited = true;
        if (isItsTurnOver)
        {
            Connection.Loop.Post(static body => ((LiveBody)body!).OnReadable(), this);
        }

        return new ValueTask<int>(this, _read.Version);
    }

    /// <summary>There may be something to read; on the loop.</summary>
    internal void OnReadable()
    {
        if (!_isAwaited)
        {
            return;
        }

        if (_token.IsCancellationRequested)
        {
            Connection.BreakOff(new OperationCanceledException(_token));
            if (_isAwaited)
            {
                End(0, new OperationCanceledException(_token)); // the connection had gone already
            }

            return;
        }

        try
        {
            if (TryRead(_destination.Span, out int count))
            {
                _givenInTurn = count;
                End(count, null);
            }
        }
        catch (Exception e) when (_isAwaited)
        {
            End(0, e);
        }
    }

    /// <summary>The connection is gone; on the loop.</summary>
    internal virtual void Fail(Exception error)
    {
        if (!_isOver)
        {
            _error ??= error;
            DropBegun();
            if (_isAwaited)
            {
                End(0, error);
            }
        }
    }

    int IValueTaskSource<int>.GetResult(short token) => _read.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            if (Connection.Loop.IsCurrent)
            {
                LetGo();
            }
            else
            {
                Connection.Loop.Post(static body => ((LiveBody)body!).LetGo(), this);
            }
        }

        base.Dispose(disposing);
    }

    /// <summary>Nobody reads any more; on the loop.</summary>
    private void LetGo() => Connection.Abandon(this, reset: _kind != BodyKind.Upgraded);

    private void Begin(Memory<byte> buffer, CancellationToken token)
    {
        _read.Reset();
        _destination = buffer;
        _token = token;
        if (token.CanBeCanceled)
        {
            // From any thread; what is to be done about it is seen on the loop.
            _registration = token.UnsafeRegister(
                static state => ((LiveBody)state!).Connection.Loop.Post(static body => ((LiveBody)body!).OnReadable(), state), this);
        }
    }

    private void End(int count, Exception? error)
    {
        _isAwaited = false;
        _destination = default;
        _registration.Unregister();
        if (error is null)
        {
            _read.SetResult(count);
        }
        else
        {
            _read.SetException(error);
        }
    }
}
