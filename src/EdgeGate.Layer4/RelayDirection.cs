using EdgeGate.Native;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport;

namespace EdgeGate.Layer4;

/// <summary>
/// One direction of a relay: bytes go from the source through the loop's read buffer straight to the sink, and only
/// what the sink did not take is kept. While something is kept, the source is not read: that is the back-pressure.
/// </summary>
/// <remarks>
/// A mutable structure that lives inside its <see cref="TcpRelay"/>; it owns no descriptor.
/// </remarks>
internal partial struct RelayDirection
{
    // A bulk flow yields to the loop's other sockets after this many steps and bytes.
    private const int StepsPerTurn = 16;
    private const int BytesPerTurn = 1024 * 1024;

    private byte[]? _kept;
    private int _keptStart;
    private int _keptEnd;
    private bool _readable;
    private bool _ending;

    private SplicePipe? _pipe; // only while it holds bytes
    private int _splicedThisTurn;
    private SpliceMode _mode;
    private byte _streak; // of large reads while copying, of small turns while splicing

    /// <summary>Whether the source's FIN was read.</summary>
    internal bool SourceEnded { get; private set; }

    /// <summary>Whether everything, the FIN included, was passed on; or the sink takes nothing any more.</summary>
    internal bool IsFinished { get; private set; }

    /// <summary>Whether the sink has refused bytes for good.</summary>
    internal bool IsBroken { get; private set; }

    /// <summary>The size of the buffer in which bytes wait for the sink; those in a pipe are not counted.</summary>
    internal readonly int BytesKept => _kept?.Length ?? 0;

    /// <summary>Whether bytes wait for the sink.</summary>
    internal readonly bool HasKept => _kept is not null || _pipe is not null;

    /// <summary>What waits for the sink.</summary>
    internal readonly ReadOnlySpan<byte> Kept => _kept.AsSpan(_keptStart.._keptEnd);

    /// <summary>Adds bytes to what waits for the sink.</summary>
    internal void Keep(EventLoop loop, ReadOnlySpan<byte> bytes)
    {
        if (_kept is { } kept && bytes.Length <= kept.Length - _keptEnd)
        {
            bytes.CopyTo(kept.AsSpan(_keptEnd));
            _keptEnd += bytes.Length;
        }
        else
        {
            Join(loop, Kept, bytes);
        }
    }

    /// <summary>Puts bytes before what waits for the sink.</summary>
    internal void KeepBefore(EventLoop loop, ReadOnlySpan<byte> bytes) => Join(loop, bytes, Kept);

    private void Join(EventLoop loop, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        int length = first.Length + second.Length;
        if (length == 0)
        {
            return;
        }

        byte[] joined = loop.Buffers.Rent(length);
        first.CopyTo(joined);
        second.CopyTo(joined.AsSpan(first.Length));
        Discard(loop);
        _kept = joined;
        _keptStart = 0;
        _keptEnd = length;
    }

    /// <summary>Notes a report of the source.</summary>
    internal void SourceReady(bool ending)
    {
        _readable = true;
        _ending |= ending;
    }

    /// <summary>The sink is gone: nothing more goes this way.</summary>
    internal void Break(EventLoop loop)
    {
        IsBroken = true;
        IsFinished = true;
        Discard(loop);
    }

    /// <summary>Gives back what is kept.</summary>
    internal void Discard(EventLoop loop)
    {
        if (_kept is { } kept)
        {
            _kept = null;
            _keptStart = _keptEnd = 0;
            loop.Buffers.Return(kept);
        }

        DiscardPipe(loop);
    }

    /// <summary>Moves bytes until there are none, the sink is full, or others should have their turn.</summary>
    internal PumpResult Pump(EventLoop loop, Descriptor source, Descriptor sink)
    {
        var result = new PumpResult { Outcome = PumpOutcome.Again };
        for (int i = 0;
            i < StepsPerTurn && result.Received < BytesPerTurn && result.Outcome == PumpOutcome.Again;
            i++)
        {
            result.Outcome = Step(loop, source, sink, ref result);
        }

        return result;
    }

    private PumpOutcome Step(EventLoop loop, Descriptor source, Descriptor sink, ref PumpResult result)
    {
        if (_kept is not null)
        {
            return SendKept(loop, sink, ref result);
        }

        if (_pipe is not null)
        {
            return DrainPipe(loop, sink, ref result);
        }

        if (IsFinished || !_readable)
        {
            return PumpOutcome.Waiting;
        }

        return _mode == SpliceMode.Splicing && TrySplice(loop, source, sink, ref result, out PumpOutcome spliced)
            ? spliced
            : Copy(loop, source, sink, ref result);
    }

    private PumpOutcome Copy(EventLoop loop, Descriptor source, Descriptor sink, ref PumpResult result)
    {
        SysResult received = SocketIO.Receive(source, loop.ReadBuffer);
        if (received.Failed)
        {
            _readable = false;
            return received.WouldBlock ? PumpOutcome.Waiting : PumpOutcome.SourceFailed;
        }

        if (received.Value == 0)
        {
            _readable = false;
            return EndSource(sink);
        }

        // Edge-triggered, a short read has emptied the socket, unless an end was reported: that would not be again.
        _readable = _ending || received.Value == loop.ReadBuffer.Length;
        result.Received += received.Value;
        NoteCopied(received.Value);
        return Send(loop, sink, loop.ReadBuffer.AsSpan(0, received.Value), ref result);
    }

    private PumpOutcome EndSource(Descriptor sink)
    {
        SourceEnded = IsFinished = true;
        return SocketIO.ShutdownWrite(sink).Failed ? PumpOutcome.SinkFailed : PumpOutcome.Waiting;
    }

    private PumpOutcome Send(EventLoop loop, Descriptor sink, ReadOnlySpan<byte> bytes, ref PumpResult result)
    {
        SysResult sent = SocketIO.Send(sink, bytes);
        if (sent.Failed && !sent.WouldBlock)
        {
            return PumpOutcome.SinkFailed;
        }

        result.Sent += sent.Value;
        if (sent.Value == bytes.Length)
        {
            return PumpOutcome.Again;
        }

        ReadOnlySpan<byte> rest = bytes[sent.Value..];
        _kept = loop.Buffers.Rent(rest.Length);
        rest.CopyTo(_kept);
        _keptStart = 0;
        _keptEnd = rest.Length;
        return PumpOutcome.Waiting;
    }

    private PumpOutcome SendKept(EventLoop loop, Descriptor sink, ref PumpResult result)
    {
        SysResult sent = SocketIO.Send(sink, _kept.AsSpan(_keptStart.._keptEnd));
        if (sent.Failed)
        {
            return sent.WouldBlock ? PumpOutcome.Waiting : PumpOutcome.SinkFailed;
        }

        result.Sent += sent.Value;
        _keptStart += sent.Value;
        if (_keptStart < _keptEnd)
        {
            return PumpOutcome.Waiting;
        }

        Discard(loop);
        return PumpOutcome.Again;
    }
}
