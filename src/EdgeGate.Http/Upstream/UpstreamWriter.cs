using System.Net.Sockets;
using System.Threading.Tasks.Sources;
using EdgeGate.Http.Upstream.Framing;

namespace EdgeGate.Http.Upstream;

/// <summary>
/// Writes to an upstream, one write at a time. A write is over when the kernel has taken it all, so whoever writes faster
/// than the upstream reads waits. Everything happens on the connection's loop, whoever writes.
/// </summary>
internal sealed class UpstreamWriter : IValueTaskSource
{
    private const int MaxChunkBytes = 32 * 1024;

    private readonly UpstreamConnection _connection;
    private ManualResetValueTaskSourceCore<bool> _write;
    private ReadOnlyMemory<byte> _source;
    private bool _asChunk;
    private bool _isLast;
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;
    private bool _isAwaited;

    /// <param name="connection">Where to.</param>
    /// <param name="isInline">Whether the writer goes on on the loop.</param>
    internal UpstreamWriter(UpstreamConnection connection, bool isInline)
    {
        _connection = connection;
        _write.RunContinuationsAsynchronously = !isInline;
    }

    /// <summary>Why nothing more can be written; null while it can.</summary>
    internal Exception? Error { get; private set; }

    /// <summary>Writes bytes.</summary>
    /// <param name="bytes">The caller's until the write is over.</param>
    /// <param name="asChunk">Whether they go as chunks: RFC 9112, section 7.1.</param>
    /// <param name="isLast">Whether the last chunk follows them.</param>
    /// <param name="token">Cancels the whole exchange.</param>
    /// <exception cref="IOException">The upstream is gone, or takes no more.</exception>
    internal ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, bool asChunk, bool isLast, CancellationToken token)
    {
        if (token.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(token);
        }

        (_source, _asChunk, _isLast) = (bytes, asChunk, isLast);
        if (_connection.Loop.IsCurrent)
        {
            if (TryWrite(out Exception? error))
            {
                _source = default;
                return error is null ? default : ValueTask.FromException(error);
            }

            Begin(token);
            _isAwaited = true;
        }
        else
        {
            Begin(token);
            _connection.Loop.Post(
                static state =>
                {
                    var writer = (UpstreamWriter)state!;
                    writer._isAwaited = true;
                    writer.OnWritable();
                },
                this);
        }

        return new ValueTask(this, _write.Version);
    }

    /// <summary>There may be room; on the loop.</summary>
    internal void OnWritable()
    {
        if (!_isAwaited)
        {
            return;
        }

        if (_token.IsCancellationRequested)
        {
            var cancelled = new OperationCanceledException(_token);
            _connection.BreakOff(cancelled);
            if (_isAwaited)
            {
                End(cancelled);
            }
        }
        else if (TryWrite(out Exception? error))
        {
            End(error);
        }
    }

    /// <summary>The connection is gone; on the loop.</summary>
    internal void Fail(Exception error)
    {
        Error ??= error;
        if (_isAwaited)
        {
            End(error);
        }
    }

    void IValueTaskSource.GetResult(short token) => _write.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _write.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _write.OnCompleted(continuation, state, token, flags);

    private void Begin(CancellationToken token)
    {
        _write.Reset();
        _token = token;
        if (token.CanBeCanceled)
        {
            // From any thread; what is to be done about it is seen on the loop.
            _registration = token.UnsafeRegister(
                static state => ((UpstreamWriter)state!)._connection.Loop.Post(
                    static writer => ((UpstreamWriter)writer!).OnWritable(), state),
                this);
        }
    }

    private void End(Exception? error)
    {
        _isAwaited = false;
        _source = default;
        _registration.Unregister();
        if (error is null)
        {
            _write.SetResult(true);
        }
        else
        {
            _write.SetException(error);
        }
    }

    /// <summary>Writes what the kernel takes; true when all is written or it failed.</summary>
    private bool TryWrite(out Exception? error)
    {
        while (Error is null)
        {
            bool isAllSent = _connection.SendKept() && TrySend();
            if (_connection.SendError != SocketError.Success)
            {
                Error = UpstreamErrors.SocketFailed(_connection.SendError, "The request could not be sent");
            }
            else if (!isAllSent)
            {
                error = null;
                return false;
            }
            else if (_source.IsEmpty && !_isLast && _connection.HasSentAll)
            {
                break;
            }
        }

        error = Error;
        return true;
    }

    /// <summary>Sends the next piece, if there is one; false if the kernel takes no more for now.</summary>
    private bool TrySend()
    {
        if (_source.IsEmpty && !_isLast)
        {
            return true;
        }

        if (_asChunk)
        {
            SendChunk();
            return true;
        }

        SocketResult sent = _connection.Send(_source.Span);
        _source = _source[sent.Bytes..];
        return !sent.WouldBlock;
    }

    private void SendChunk()
    {
        HeadWriter chunk = HeadWriter.Current;
        ReadOnlySpan<byte> bytes = _source.Span[..Math.Min(_source.Length, MaxChunkBytes)];
        if (!bytes.IsEmpty)
        {
            chunk.WriteNumber(bytes.Length, "x");
            chunk.Write("\r\n"u8);
            chunk.Write(bytes);
            chunk.Write("\r\n"u8);
        }

        _source = _source[bytes.Length..];
        if (_source.IsEmpty && _isLast)
        {
            _isLast = false;
            chunk.Write("0\r\n\r\n"u8);
        }

        _connection.SendOrKeep(chunk.Written);
    }
}
