using System.Buffers;
using EdgeGate.Http.Upstream.Framing;

namespace EdgeGate.Http.Upstream;

/// <content>From the upstream: the head, and the body where it does not come along whole.</content>
internal sealed partial class UpstreamConnection
{
    // HttpClient's own bound: a body that is short, or refused by a success, is sent all the same.
    private const int ShortBodyBytes = 1024;

    [ThreadStatic]
    private static List<HeaderField>? s_fields;

    private LiveBody? _body;
    private bool _headDue;
    private bool _toHead;
    private bool _hasResponseBytes;
    private int _interimBytes;
    private byte[]? _partial; // a head that came in pieces
    private int _partialLength;

    private void BeginHead(bool toHead)
    {
        _headDue = true;
        _toHead = toHead;
        _hasResponseBytes = false;
        _interimBytes = 0;
    }

    private void ReadHead()
    {
        while (_headDue && !_isClosed)
        {
            byte[] buffer = Loop.ReadBuffer;
            SocketResult received = Receive(buffer);
            if (received.WouldBlock)
            {
                return;
            }

            if (received.Failed)
            {
                FailHead(UpstreamErrors.SocketFailed(received.Error, "The response could not be read"), closedByUpstream: true);
            }
            else if (received.Bytes == 0)
            {
                FailHead(UpstreamErrors.ResponseEnded(), closedByUpstream: true);
            }
            else
            {
                _hasResponseBytes = true;
                TakeHead(buffer.AsSpan(0, received.Bytes));
            }
        }
    }

    private void TakeHead(ReadOnlySpan<byte> bytes)
    {
        if (_partial is not null)
        {
            AppendPartial(bytes);
            bytes = _partial.AsSpan(0, _partialLength);
        }

        List<HeaderField> fields = s_fields ??= [];
        while (true)
        {
            OperationStatus status = ResponseHead.Read(bytes, fields, out ResponseHead head);
            if (status == OperationStatus.NeedMoreData)
            {
                KeepPartial(bytes);
                return;
            }

            if (status != OperationStatus.Done || (head.Status == 101 && !_asksUpgrade))
            {
                FailHead(UpstreamErrors.InvalidResponse("The upstream's response has a malformed or ambiguous header."), closedByUpstream: false);
                return;
            }

            if (!head.IsInterim)
            {
                DeliverHead(bytes, head, fields);
                return;
            }

            _interimBytes += head.Length;
            bytes = bytes[head.Length..];
            if (_interimBytes > ResponseHead.MaxBytes)
            {
                FailHead(UpstreamErrors.InvalidResponse("The upstream sends interim responses without end."), closedByUpstream: false);
                return;
            }

            if (head.Status == 100)
            {
                BeginBodyLater(); // other interim responses are dropped, as HttpClient does
            }
        }
    }

    private void DeliverHead(ReadOnlySpan<byte> bytes, in ResponseHead head, List<HeaderField> fields)
    {
        UpstreamExchange exchange = _exchange!;
        BodyKind kind = head.BodyAfter(_toHead);
        _mustClose |= !head.IsPersistent || kind is BodyKind.UntilClose or BodyKind.Upgraded;
        EndExpectation(head.Status, exchange.Request.Content);

        var decoder = default(ChunkedDecoder);
        if (!TryTakeWhole(bytes[head.Length..], kind, head.ContentLength, ref decoder, out Stream? body, out int leftOver))
        {
            FailHead(UpstreamErrors.InvalidResponse("The upstream's response has a malformed chunk."), closedByUpstream: false);
            return;
        }

        _mustClose |= leftOver > 0;
        LiveBody? live = body is null ? CreateLive(bytes[head.Length..], kind, head.ContentLength, exchange) : null;
        HttpResponseMessage response = ResponseBuilder.Build(bytes, head, fields, exchange.Request, body ?? live!);
        if (live is null)
        {
            ResponseBuilder.AddTrailers(response, decoder.Trailer);
        }

        DropPartial();
        _headDue = false;
        if (live is not null)
        {
            live.Response = response;
            _body = live;
        }
        else
        {
            ResponseEnded();
        }

        // Last: whoever waits for it goes on in this call, and may send the next request on this very connection.
        exchange.Complete(response);
    }

    /// <summary>
    /// Takes a body that came whole with its head: then the connection is free before anyone has read a byte of it.
    /// </summary>
    /// <returns>False if it is malformed; true without a body if it did not come whole.</returns>
    private static bool TryTakeWhole(
        ReadOnlySpan<byte> bytes, BodyKind kind, long length, ref ChunkedDecoder decoder, out Stream? body, out int leftOver)
    {
        body = null;
        leftOver = 0;
        switch (kind)
        {
            case BodyKind.None:
                body = Stream.Null;
                leftOver = bytes.Length;
                return true;
            case BodyKind.Length when length <= bytes.Length:
                body = WholeBody.Of(bytes[..(int)length]);
                leftOver = bytes.Length - (int)length;
                return true;
            case BodyKind.Chunked when !bytes.IsEmpty:
                byte[] copy = ArrayPool<byte>.Shared.Rent(bytes.Length);
                bytes.CopyTo(copy);
                OperationStatus status = decoder.Decode(copy.AsSpan(0, bytes.Length), out int consumed, out int written);
                body = status == OperationStatus.Done ? WholeBody.Of(copy.AsSpan(0, written)) : null;
                leftOver = body is null ? 0 : bytes.Length - consumed;
                ArrayPool<byte>.Shared.Return(copy);
                return status != OperationStatus.InvalidData;
            default:
                return true;
        }
    }

    private LiveBody CreateLive(ReadOnlySpan<byte> begun, BodyKind kind, long length, UpstreamExchange exchange)
    {
        if (kind == BodyKind.Upgraded)
        {
            _isRequestDone = true; // it has no body, or none that would still be one
            return new UpgradedStream(this, begun, exchange.IsInline);
        }

        return new LiveBody(this, kind, length, begun, exchange.IsInline);
    }

    /// <summary>The response has been read to its end.</summary>
    internal void ResponseEnded()
    {
        _isResponseDone = true;
        _body = null;
        if (_isRequestDone)
        {
            EndExchange();
        }
    }

    /// <summary>Bytes follow that belong to no response: the connection is not used again.</summary>
    internal void MustClose() => _mustClose = true;

    /// <summary>Nobody wants the rest of the response, if there is one.</summary>
    internal void Abandon(LiveBody body, bool reset)
    {
        if (_body == body)
        {
            Terminate(new IOException("The response was not read to its end."), reset);
        }
    }

    /// <summary>The response broke off, or cannot be understood.</summary>
    internal void BreakOff(Exception error) => Terminate(error, reset: true);

    private void FailHead(Exception error, bool closedByUpstream) => Terminate(
        error,
        reset: true,
        again: closedByUpstream && _wasUsed && !_hasResponseBytes && _exchange is { CanRetry: true });

    /// <summary>
    /// The final response is there while the body waits to be asked for. It still goes after a success, as HttpClient has
    /// it; after anything else it stays here, and the connection, whose two ends would no longer agree, ends.
    /// </summary>
    private void EndExpectation(int status, HttpContent? content)
    {
        if (!_awaitsContinue)
        {
            return;
        }

        if (status >= 300 && content?.Headers.ContentLength is null or > ShortBodyBytes)
        {
            _awaitsContinue = false;
            _requestBody!.Forget();
            _requestBody = null;
            _isRequestDone = true;
            _mustClose = true;
        }
        else
        {
            BeginBodyLater();
        }
    }

    // Not at once: what the loop has read lies in its buffer, and whoever writes the body may have it filled anew.
    private void BeginBodyLater()
    {
        if (_awaitsContinue)
        {
            EndWaiting();
            Loop.Post(static body => ((RequestBody)body!).Begin(), _requestBody);
        }
    }

    /// <summary>The body goes, asked for or not; on the loop.</summary>
    internal void EndWaiting() => _awaitsContinue = false;

    private void AppendPartial(ReadOnlySpan<byte> bytes)
    {
        if (_partial!.Length - _partialLength < bytes.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(_partialLength + bytes.Length);
            _partial.AsSpan(0, _partialLength).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_partial);
            _partial = larger;
        }

        bytes.CopyTo(_partial.AsSpan(_partialLength));
        _partialLength += bytes.Length;
    }

    private void KeepPartial(ReadOnlySpan<byte> bytes)
    {
        _partial ??= ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(_partial); // they may lie in it, further on
        _partialLength = bytes.Length;
    }

    private void DropPartial()
    {
        if (_partial is { } partial)
        {
            _partial = null;
            ArrayPool<byte>.Shared.Return(partial);
        }
    }

    private void DropBuffers()
    {
        DropPartial();
        if (_kept is { } kept)
        {
            _kept = null;
            ArrayPool<byte>.Shared.Return(kept);
        }
    }
}
