
namespace EdgeGate.Http.Upstream;

/// <summary>Where a request's content writes itself to; it counts or chunks what comes.</summary>
internal sealed class RequestBody : BodyStream
{
    private readonly UpstreamConnection _connection;
    private readonly UpstreamExchange _exchange;
    private readonly bool _isChunked;
    private long _remaining;
    private ITimer? _patience;
    private int _begun;

    private RequestBody(UpstreamConnection connection, UpstreamExchange exchange, long? length)
    {
        _connection = connection;
        _exchange = exchange;
        _isChunked = length is null;
        _remaining = length ?? 0;
        Writer = new UpstreamWriter(connection, exchange.IsInline);
    }

    /// <summary>Prepares for the content of a request.</summary>
    /// <param name="connection">Where to.</param>
    /// <param name="exchange">Whose content.</param>
    /// <param name="length">Its length; null for one that is chunked.</param>
    internal static RequestBody Of(UpstreamConnection connection, UpstreamExchange exchange, long? length) =>
        new(connection, exchange, length);

    public override bool CanWrite => true;

    internal UpstreamWriter Writer { get; }

    /// <summary>Has the content write itself, on the loop; it goes on there if that is where the request came from.</summary>
    internal void Begin()
    {
        _patience?.Dispose();
        if (Interlocked.Exchange(ref _begun, 1) == 1)
        {
            return; // asked for, or not to be asked for any more, in the moment when patience ended
        }

        _connection.EndWaiting();

        if (_exchange.IsInline)
        {
            _ = SendAsync();
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(static body => _ = body.SendAsync(), this, preferLocal: false);
        }
    }

    /// <summary>Begins when nobody has asked for the body in that time: an upstream may not know how to ask.</summary>
    internal void BeginAfter(TimeSpan patience, TimeProvider time) => _patience = time.CreateTimer(
        static state => ((RequestBody)state!)._connection.Loop.Post(static body => ((RequestBody)body!).Begin(), state),
        this,
        patience,
        Timeout.InfiniteTimeSpan);

    /// <summary>The body is not wanted.</summary>
    internal void Forget()
    {
        Interlocked.Exchange(ref _begun, 1);
        _patience?.Dispose();
    }

    /// <summary>The connection is gone; on the loop.</summary>
    internal void Fail(Exception error)
    {
        Forget();
        Writer.Fail(error);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return default; // as a chunk it would be the end
        }

        if (!_isChunked && buffer.Length > _remaining)
        {
            return ValueTask.FromException(
                new HttpRequestException($"The request's content is longer than its Content-Length, by {buffer.Length - _remaining} bytes or more."));
        }

        _remaining -= buffer.Length;
        return Writer.WriteAsync(buffer, _isChunked, isLast: false, cancellationToken);
    }

    private async Task SendAsync()
    {
        Exception? failure = null;
        try
        {
            await _exchange.Request.Content!.CopyToAsync(this, _exchange.Token).ConfigureAwait(false);
            if (_isChunked)
            {
                await Writer.WriteAsync(default, asChunk: true, isLast: true, _exchange.Token).ConfigureAwait(false);
            }
            else if (_remaining > 0 || Writer.Error is not null)
            {
                // A content may know already that nobody takes it, and end quietly: YARP's does.
                failure = Writer.Error ?? new HttpRequestException($"The request's content is {_remaining} bytes shorter than its Content-Length.");
            }
        }
        catch (Exception e)
        {
            failure = e;
        }

        if (_connection.Loop.IsCurrent)
        {
            _connection.RequestEnded(_exchange, failure);
        }
        else
        {
            _connection.Loop.Post(
                static state =>
                {
                    var (body, failure) = ((RequestBody, Exception?))state!;
                    body._connection.RequestEnded(body._exchange, failure);
                },
                (this, failure));
        }
    }
}
