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
internal struct RelayDirection
{
    // A bulk flow yields to the loop's other sockets after this many reads: up to 1 MiB.
    private const int ReadsPerTurn = 16;

    private byte[]? _kept;
    private int _keptStart;
    private int _keptEnd;
    private bool _readable;
    private bool _ending;

    /// <summary>Whether the source's FIN was read.</summary>
    internal bool SourceEnded { get; private set; }

    /// <summary>Whether everything, the FIN included, was passed on; or the sink takes nothing any more.</summary>
    internal bool IsFinished { get; private set; }

    /// <summary>Whether the sink has refused bytes for good.</summary>
    internal bool IsBroken { get; private set; }

    /// <summary>Whether bytes wait for the sink.</summary>
    internal readonly bool HasKept => _kept is not null;

    /// <summary>What waits for the sink.</summary>
    internal readonly ReadOnlySpan<byte> Kept => _kept.AsSpan(_keptStart.._keptEnd);

    /// <summary>Adds bytes to what waits for the sink.</summary>
    internal void Keep(LoopBufferPool buffers, ReadOnlySpan<byte> bytes)
    {
        if (_kept is { } kept && bytes.Length <= kept.Length - _keptEnd)
        {
            bytes.CopyTo(kept.AsSpan(_keptEnd));
            _keptEnd += bytes.Length;
        }
        else
        {
            Join(buffers, Kept, bytes);
        }
    }

    /// <summary>Puts bytes before what waits for the sink.</summary>
    internal void KeepBefore(LoopBufferPool buffers, ReadOnlySpan<byte> bytes) => Join(buffers, bytes, Kept);

    private void Join(LoopBufferPool buffers, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        int length = first.Length + second.Length;
        if (length == 0)
        {
            return;
        }

        byte[] joined = buffers.Rent(length);
        first.CopyTo(joined);
        second.CopyTo(joined.AsSpan(first.Length));
        Discard(buffers);
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
    internal void Break(LoopBufferPool buffers)
    {
        IsBroken = true;
        IsFinished = true;
        Discard(buffers);
    }

    /// <summary>Gives back what is kept.</summary>
    internal void Discard(LoopBufferPool buffers)
    {
        if (_kept is { } kept)
        {
            _kept = null;
            _keptStart = _keptEnd = 0;
            buffers.Return(kept);
        }
    }

    /// <summary>Moves bytes until there are none, the sink is full, or others should have their turn.</summary>
    internal PumpResult Pump(EventLoop loop, Descriptor source, Descriptor sink)
    {
        var result = new PumpResult { Outcome = PumpOutcome.Again };
        for (int i = 0; i < ReadsPerTurn && result.Outcome == PumpOutcome.Again; i++)
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

        if (IsFinished || !_readable)
        {
            return PumpOutcome.Waiting;
        }

        SysResult received = SocketIO.Receive(source, loop.ReadBuffer);
        if (received.Failed)
        {
            _readable = false;
            return received.WouldBlock ? PumpOutcome.Waiting : PumpOutcome.SourceFailed;
        }

        if (received.Value == 0)
        {
            _readable = false;
            SourceEnded = IsFinished = true;
            return SocketIO.ShutdownWrite(sink).Failed ? PumpOutcome.SinkFailed : PumpOutcome.Waiting;
        }

        // Edge-triggered, a short read has emptied the socket, unless an end was reported: that would not be again.
        _readable = _ending || received.Value == loop.ReadBuffer.Length;
        result.Received += received.Value;
        return Send(loop, sink, loop.ReadBuffer.AsSpan(0, received.Value), ref result);
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

        Discard(loop.Buffers);
        return PumpOutcome.Again;
    }
}
