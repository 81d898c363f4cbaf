using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using EdgeGate.Native;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Transport.Kestrel;

/// <content>From Kestrel to the client: gathered sends, and the end of the connection.</content>
internal sealed partial class KestrelConnection
{
    private bool _outputAwaited;
    private bool _outputEnded;
    private Action? _onOutput;
    private ConfiguredValueTaskAwaitable<ReadResult>.ConfiguredValueTaskAwaiter _outputRead;

    private void PumpOutput()
    {
        PipeReader output = _context!.FromKestrel;
        while (_state == KestrelConnectionState.Open)
        {
            _outputRead = output.ReadAsync(CancellationToken.None).ConfigureAwait(false).GetAwaiter();
            if (!_outputRead.IsCompleted)
            {
                _outputAwaited = true;
                _outputRead.UnsafeOnCompleted(_onOutput ??= OnOutput);
                return;
            }

            if (!SendOutput())
            {
                return;
            }
        }
    }

    // On the loop: the output pipe's reader is scheduled there.
    private void OnOutput()
    {
        _outputAwaited = false;
        if (IsClosed)
        {
            EndOutput();
        }
        else if (SendOutput())
        {
            PumpOutput();
        }
    }

    /// <summary>Sends what has been read from the output pipe; false when nothing more can go now, or ever.</summary>
    private bool SendOutput()
    {
        ReadResult result;
        try
        {
            result = _outputRead.GetResult();
        }
        catch (Exception)
        {
            // Kestrel ended its output with an error: the client must not take it for the end of the answer.
            Abort(CloseReason.Error);
            return false;
        }

        ReadOnlySequence<byte> rest = result.Buffer;
        while (!rest.IsEmpty)
        {
            SysResult sent = SocketIO.SendGathered(Descriptor, rest);
            if (sent.Failed)
            {
                _context!.FromKestrel.AdvanceTo(rest.Start, rest.Start);
                if (!sent.WouldBlock)
                {
                    OnReadFailed();
                }

                return false; // writable will be reported
            }

            CountSent(sent.Value);
            rest = rest.Slice(sent.Value);
        }

        _context!.FromKestrel.AdvanceTo(result.Buffer.End);
        if (result.IsCompleted)
        {
            Linger();
            return false;
        }

        return true;
    }

    /// <summary>The output is sent to its end: FIN, and wait for the client's.</summary>
    private void Linger()
    {
        EndOutput();
        SetReason(CloseReason.Upstream);
        if (_inputEnded)
        {
            Close(reset: false);
            return;
        }

        Transition(KestrelConnectionState.Lingering);
        _inputUnwanted = true;
        SocketIO.ShutdownWrite(Descriptor);
        ArmTimer(LingerTimeout);
        PumpInput();
    }

    private void EndOutput()
    {
        if (!_outputEnded)
        {
            _outputEnded = true;
            _context!.FromKestrel.Complete();
        }
    }
}
