
namespace EdgeGate.Http.Upstream;

/// <summary>
/// One request and, as a task, its response. Whoever waits for it goes on on the loop if it asked from a loop, else on
/// the thread pool.
/// </summary>
internal sealed class UpstreamExchange : TaskCompletionSource<HttpResponseMessage>
{
    private readonly CancellationToken _token;
    private CancellationTokenRegistration _registration;
    private UpstreamConnection? _connection;

    /// <param name="request">The request.</param>
    /// <param name="loop">Where it is worked on until it has a connection.</param>
    /// <param name="isInline">Whether it came from a loop.</param>
    /// <param name="token">Cancels it: whatever was begun is closed.</param>
    internal UpstreamExchange(HttpRequestMessage request, IUpstreamLoop loop, bool isInline, CancellationToken token)
        : base(isInline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously)
    {
        Request = request;
        Loop = loop;
        IsInline = isInline;
        _token = token;
        CanRetry = IsIdempotent(request.Method) && request.Content is null;
    }

    internal HttpRequestMessage Request { get; }

    internal IUpstreamLoop Loop { get; }

    internal bool IsInline { get; }

    internal CancellationToken Token => _token;

    /// <summary>Whether it may be sent once more if the connection proves to have been closed before.</summary>
    internal bool CanRetry { get; set; }

    /// <summary>Whether it is over, because nobody waits for it any more.</summary>
    internal bool IsOver => Task.IsCompleted;

    /// <summary>Listens for the cancellation; before anything else is begun.</summary>
    internal void Begin()
    {
        if (_token.CanBeCanceled)
        {
            _registration = _token.UnsafeRegister(static state => ((UpstreamExchange)state!).OnCancelled(), this);
        }
    }

    /// <summary>
    /// The connection that carries it, from now on. A full fence, against the race with Cancel: either the connection sees
    /// that the exchange is over, or the cancellation sees the connection.
    /// </summary>
    internal void Bind(UpstreamConnection connection) => Interlocked.Exchange(ref _connection, connection);

    internal void Complete(HttpResponseMessage response)
    {
        _registration.Unregister();
        if (!TrySetResult(response))
        {
            response.Dispose();
        }
    }

    internal void Fail(Exception error)
    {
        _registration.Unregister();
        _ = error is OperationCanceledException cancelled && cancelled.CancellationToken.IsCancellationRequested
            ? TrySetCanceled(cancelled.CancellationToken)
            : TrySetException(error);
    }

    // From any thread; whoever waits goes on on the loop as ever.
    private void OnCancelled() => Loop.Post(static state => ((UpstreamExchange)state!).Cancel(), this);

    private void Cancel()
    {
        // TrySetCanceled is the other full fence: see Bind.
        if (TrySetCanceled(_token) && Volatile.Read(ref _connection) is { } connection)
        {
            connection.Loop.Post(
                static state =>
                {
                    var (exchange, connection) = ((UpstreamExchange, UpstreamConnection))state!;
                    connection.Cancel(exchange);
                },
                (this, connection));
        }
    }

    /// <summary>RFC 9110, section 9.2.2.</summary>
    private static bool IsIdempotent(HttpMethod method) =>
        method == HttpMethod.Get || method == HttpMethod.Head || method == HttpMethod.Options
        || method == HttpMethod.Put || method == HttpMethod.Delete || method == HttpMethod.Trace;
}
