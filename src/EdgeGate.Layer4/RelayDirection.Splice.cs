using EdgeGate.Native;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport;

namespace EdgeGate.Layer4;

/// <content>
/// Bulk traffic, moved inside the kernel. A direction splices once it has read much at a time often enough, and copies
/// again when a splice finds little: for a small message, splice(2) costs more than the copy that it saves.
/// <code>
///   copying --8 reads in a row of 32 KiB and more--> splicing
///   splicing --4 reports in a row with less than 16 KiB, or no pipe--> copying
/// </code>
/// </content>
internal partial struct RelayDirection
{
    private const int LargeRead = 32 * 1024;
    private const int LargeReads = 8;
    private const int SmallTurn = 16 * 1024;
    private const int SmallTurns = 4;

    private enum SpliceMode : byte
    {
        Off,
        Copying,
        Splicing,
    }

    /// <summary>Lets this direction splice when it pays.</summary>
    internal void AllowSplice() => _mode = SpliceMode.Copying;

    private void NoteCopied(int bytes)
    {
        if (_mode == SpliceMode.Copying)
        {
            _streak = bytes < LargeRead ? (byte)0 : (byte)(_streak + 1);
            if (_streak == LargeReads)
            {
                SetMode(SpliceMode.Splicing);
            }
        }
    }

    private void NoteSplicedAll()
    {
        _streak = _splicedThisTurn < SmallTurn ? (byte)(_streak + 1) : (byte)0;
        _splicedThisTurn = 0;
        if (_streak == SmallTurns)
        {
            SetMode(SpliceMode.Copying);
        }
    }

    private void SetMode(SpliceMode mode)
    {
        _mode = mode;
        _streak = 0;
        _splicedThisTurn = 0;
    }

    /// <summary>Fills a pipe from the source and gives it to the sink; false if there is no pipe, and nothing was done.</summary>
    private bool TrySplice(EventLoop loop, Descriptor source, Descriptor sink, ref PumpResult result, out PumpOutcome outcome)
    {
        outcome = PumpOutcome.Again;
        if (loop.Pipes.TryRent() is not { } pipe)
        {
            SetMode(SpliceMode.Copying); // asks again after as many large reads, and not at each
            return false;
        }

        SysResult moved = pipe.Fill(source);
        if (moved.Value > 0)
        {
            _pipe = pipe;
            _splicedThisTurn += moved.Value;
            result.Received += moved.Value;
            outcome = DrainPipe(loop, sink, ref result);
            return true;
        }

        loop.Pipes.Return(pipe);
        if (moved.Error == Errno.EINVAL)
        {
            SetMode(SpliceMode.Off);
            return false;
        }

        _readable = false;
        if (!moved.Failed)
        {
            outcome = EndSource(sink);
        }
        else if (moved.WouldBlock)
        {
            NoteSplicedAll();
            outcome = PumpOutcome.Waiting;
        }
        else
        {
            outcome = PumpOutcome.SourceFailed;
        }

        return true;
    }

    private PumpOutcome DrainPipe(EventLoop loop, Descriptor sink, ref PumpResult result)
    {
        SysResult moved = _pipe!.Drain(sink);
        if (moved.Failed)
        {
            return moved.WouldBlock ? PumpOutcome.Waiting : PumpOutcome.SinkFailed;
        }

        result.Sent += moved.Value;
        if (_pipe.Length == 0)
        {
            DiscardPipe(loop);
        }

        return PumpOutcome.Again; // a short move does not say that the sink is full
    }

    private void DiscardPipe(EventLoop loop)
    {
        if (_pipe is { } pipe)
        {
            _pipe = null;
            loop.Pipes.Return(pipe);
        }
    }
}
