using System.Buffers;
using System.Net.Sockets;
using EdgeGate.Http.Upstream.Framing;

namespace EdgeGate.Http.Upstream;

/// <content>To the upstream: the head at once, the body as it comes, and what the kernel does not take yet.</content>
internal sealed partial class UpstreamConnection
{
    private RequestBody? _requestBody;
    private SocketError _sendError;
    private bool _awaitsContinue;
    private bool _asksUpgrade;
    private byte[]? _kept; // bytes that the kernel did not take
    private int _keptStart;
    private int _keptEnd;

    /// <summary>Whether all that was written has been taken by the kernel.</summary>
    internal bool HasSentAll => _kept is null;

    /// <summary>Why sending failed; success while it has not.</summary>
    internal SocketError SendError => _sendError;

    private void SendHead(UpstreamExchange exchange)
    {
        HeadWriter writer = HeadWriter.Current;
        RequestHead head;
        try
        {
            head = RequestHead.Write(exchange.Request, _shelf.HostLine, writer);
        }
        catch (Exception e)
        {
            // Refused before a byte was sent: the connection is as good as before.
            _exchange = null;
            _headDue = false;
            _shelf.Release(this);
            exchange.Fail(e is HttpRequestException ? e : UpstreamErrors.RequestFailed(e));
            return;
        }

        _mustClose |= head.SaysClose;
        _asksUpgrade = head.AsksUpgrade;
        exchange.CanRetry &= !head.HasBody;
        if (!SendOrKeep(writer.Written))
        {
            _isRequestDone = true;
            LookForLateAnswer(UpstreamErrors.SocketFailed(_sendError, "The request could not be sent"));
            return;
        }

        if (!head.HasBody)
        {
            _isRequestDone = true;
            return;
        }

        _requestBody = RequestBody.Of(this, exchange, head.ContentLength);
        if (head.ExpectsContinue)
        {
            _awaitsContinue = true;
            _requestBody.BeginAfter(_shelf.Options.ContinueTimeout, _shelf.Options.Time);
        }
        else
        {
            _requestBody.Begin();
        }
    }

    /// <summary>The body is sent to its end, or never will be; on the loop.</summary>
    internal void RequestEnded(UpstreamExchange exchange, Exception? failure)
    {
        if (_exchange != exchange || _isClosed)
        {
            return;
        }

        _isRequestDone = true;
        _requestBody = null;
        if (failure is not null)
        {
            _mustClose = true;
            if (_headDue)
            {
                LookForLateAnswer(failure);
                return;
            }
        }

        if (_isResponseDone)
        {
            EndExchange();
        }
    }

    /// <summary>
    /// An upstream that refuses a request may answer, and close without reading it to its end: then sending fails, and
    /// the answer is there all the same (RFC 9112, section 9.5).
    /// </summary>
    private void LookForLateAnswer(Exception failure)
    {
        if (_sendError != SocketError.Success)
        {
            _mustClose = true;
            _readable = _ending = true;
            ReadHead();
        }

        if (_headDue && !_isClosed)
        {
            FailHead(failure, closedByUpstream: _sendError != SocketError.Success);
        }
    }

    /// <summary>Sends, behind what waits already, and keeps what the kernel does not take; false if it failed.</summary>
    internal bool SendOrKeep(ReadOnlySpan<byte> bytes)
    {
        if (_kept is null)
        {
            SocketResult sent = Send(bytes);
            if (sent.Failed)
            {
                return false;
            }

            bytes = bytes[sent.Bytes..];
        }

        Keep(bytes);
        return true;
    }

    /// <summary>Sends what the kernel takes.</summary>
    internal SocketResult Send(ReadOnlySpan<byte> bytes)
    {
        if (_socket is null || _sendError != SocketError.Success)
        {
            return new SocketResult(0, _sendError == SocketError.Success ? SocketError.Shutdown : _sendError);
        }

        SocketResult sent = _socket.Send(bytes);
        if (sent.Failed)
        {
            _sendError = sent.Error;
            _mustClose = true;
        }

        return sent;
    }

    /// <summary>Sends what was kept; false while some of it still is, or if sending failed.</summary>
    internal bool SendKept()
    {
        if (_kept is { } kept)
        {
            SocketResult sent = Send(kept.AsSpan(_keptStart.._keptEnd));
            _keptStart += sent.Bytes;
            if (_keptStart < _keptEnd)
            {
                return false;
            }

            _kept = null;
            ArrayPool<byte>.Shared.Return(kept);
        }

        return true;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        int waiting = _kept is null ? 0 : _keptEnd - _keptStart;
        byte[] kept = ArrayPool<byte>.Shared.Rent(waiting + bytes.Length);
        if (_kept is { } before)
        {
            before.AsSpan(_keptStart, waiting).CopyTo(kept);
            ArrayPool<byte>.Shared.Return(before);
        }

        bytes.CopyTo(kept.AsSpan(waiting));
        (_kept, _keptStart, _keptEnd) = (kept, 0, waiting + bytes.Length);
    }

    private void PumpOutput()
    {
        if (_exchange is null)
        {
            return;
        }

        if (!SendKept() && _sendError == SocketError.Success)
        {
            return;
        }

        (_requestBody?.Writer ?? (_body as UpgradedStream)?.Writer)?.OnWritable();
    }
}
