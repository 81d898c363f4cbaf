using System.Buffers;
using EdgeGate.Http.Upstream.Framing;

namespace EdgeGate.Http.Upstream;

/// <content>What of the bytes is content, and where the body ends.</content>
internal partial class LiveBody
{
    /// <summary>Reads what there is; false if there is nothing yet. Of nothing wanted, says whether there may be something.</summary>
    private bool TryRead(Span<byte> to, out int count)
    {
        count = 0;
        while (!_isOver)
        {
            if (_error is { } error)
            {
                throw error;
            }

            if (to.IsEmpty)
            {
                return _begun is not null || Connection.MayBeReadable;
            }

            int limit = _kind == BodyKind.Length ? (int)Math.Min(_remaining, to.Length) : to.Length;
            if (!TryTake(to[..limit], out int taken))
            {
                return false;
            }

            count = Deliver(to[..taken]);
            if (count > 0)
            {
                return true;
            }
        }

        return true;
    }

    /// <summary>Takes bytes as they came; none at the upstream's end. False if there are none yet.</summary>
    private bool TryTake(Span<byte> to, out int taken)
    {
        if (_begun is not null)
        {
            taken = Math.Min(to.Length, _begunEnd - _begunStart);
            _begun.AsSpan(_begunStart, taken).CopyTo(to);
            _begunStart += taken;
            if (_begunStart == _begunEnd)
            {
                DropBegun();
            }

            return true;
        }

        SocketResult received = Connection.Receive(to);
        taken = received.Bytes;
        if (received.Failed)
        {
            Break(UpstreamErrors.SocketFailed(received.Error, "The response could not be read"));
        }

        return !received.WouldBlock;
    }

    /// <summary>Sees to the framing of what was taken; returns how much of it is content.</summary>
    private int Deliver(Span<byte> taken)
    {
        switch (_kind)
        {
            case BodyKind.Length when !taken.IsEmpty:
                _remaining -= taken.Length;
                if (_remaining == 0)
                {
                    Finish();
                }

                return taken.Length;
            case BodyKind.Chunked when !taken.IsEmpty:
                OperationStatus status = _decoder.Decode(taken, out int consumed, out int written);
                if (status == OperationStatus.InvalidData)
                {
                    Break(UpstreamErrors.InvalidResponse("The upstream's response has a malformed chunk."));
                }

                if (status == OperationStatus.Done)
                {
                    FinishChunks(hasMore: consumed < taken.Length || _begun is not null);
                }

                return written;
            case BodyKind.UntilClose or BodyKind.Upgraded:
                if (taken.IsEmpty)
                {
                    OnEnd();
                }

                return taken.Length;
            default:
                Break(UpstreamErrors.ResponseEnded());
                return 0;
        }
    }

    private void FinishChunks(bool hasMore)
    {
        if (hasMore)
        {
            Connection.MustClose();
        }

        if (Response is { } response)
        {
            ResponseBuilder.AddTrailers(response, _decoder.Trailer);
        }

        Finish();
    }

    /// <summary>The upstream has ended where that ends the body.</summary>
    protected virtual void OnEnd() => Finish();

    /// <summary>The body has been read to its end.</summary>
    protected void Finish()
    {
        SetOver();
        Connection.ResponseEnded();
    }

    /// <summary>Nothing more comes.</summary>
    protected void SetOver()
    {
        _isOver = true;
        DropBegun();
    }

    private void Break(Exception error)
    {
        _error = error;
        bool wasAwaited = _isAwaited;
        _isAwaited = false; // who reads gets it thrown
        Connection.BreakOff(error);
        _isAwaited = wasAwaited;
        throw error;
    }

    private void DropBegun()
    {
        if (_begun is { } begun)
        {
            _begun = null;
            ArrayPool<byte>.Shared.Return(begun);
        }
    }
}
