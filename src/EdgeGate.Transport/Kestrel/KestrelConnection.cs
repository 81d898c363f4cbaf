using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using EdgeGate.Native;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport.ProxyProtocol;
using Microsoft.AspNetCore.Connections;

namespace EdgeGate.Transport.Kestrel;

/// <summary>
/// The socket under a <see cref="LoopConnectionContext"/>. Reading goes through the loop's buffer into the input pipe
/// and stops while Kestrel holds back; writing gathers what the output pipe has into one call.
/// </summary>
internal sealed partial class KestrelConnection : AcceptedConnection
{
    private const int ReadsPerTurn = 16;
    private static readonly TimeSpan LingerTimeout = TimeSpan.FromSeconds(2);

    private LoopConnectionListener _listener;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LoopConnectionContext? _context;
    private ConnectionTimer? _timer;
    private KestrelConnectionState _state = KestrelConnectionState.Silent;

    private bool _readable;
    private bool _ending;
    private bool _inputHeld;
    private bool _inputEnded;
    private bool _inputUnwanted;
    private bool _readDeferred;
    private Action? _onInputFlushed;
    private ConfiguredValueTaskAwaitable<FlushResult>.ConfiguredValueTaskAwaiter _inputFlush;

    private ConnectionAbortedException? _abortReason;

    private sealed class ConnectionTimer(KestrelConnection connection) : LoopTimer
    {
        protected internal override void OnTimer() => connection.OnTimer();
    }

    internal KestrelConnection(in AcceptedSocket socket, LoopConnectionListener listener)
        : base(socket)
    {
        _listener = listener;
        _proxyHeader = listener.ProxyProtocol ? new ProxyHeaderReader() : null;
    }

    // What waits in the pipes is known to Kestrel alone; but which of them are as full as they get.
    public override long MemoryHeld =>
        base.MemoryHeld + (_inputHeld ? LoopPipes.InputPauseBytes : 0)
        + (_state == KestrelConnectionState.Open && !_outputAwaited ? LoopPipes.OutputPauseBytes : 0);

    protected override void OnAttached()
    {
        base.OnAttached();
        ArmTimer(_listener.FirstByteTimeout);
    }

    protected internal override void OnReadable(bool ending)
    {
        _readable = true;
        _ending |= ending;
        PumpInput();
    }

    protected internal override void OnWritable()
    {
        if (_state == KestrelConnectionState.Open && !_outputAwaited)
        {
            PumpOutput();
        }
    }

    /// <summary>Ends the connection with a reset, from any thread. The first reason wins.</summary>
    internal void RequestAbort(ConnectionAbortedException reason)
    {
        if (Interlocked.CompareExchange(ref _abortReason, reason, null) is null)
        {
            Loop.Post(static connection => ((KestrelConnection)connection!).Abort(CloseReason.Error), this);
        }
    }

    internal Task WaitForCloseAsync() => _closed.Task;

    /// <summary>Closes the connection if Kestrel has not heard of it, on the loop.</summary>
    internal void CloseIfSilent(Listener listener)
    {
        if (_state == KestrelConnectionState.Silent && Listener == listener)
        {
            SetReason(CloseReason.Drain);
            Close(reset: false);
        }
    }

    private void PumpInput()
    {
        for (int i = 0; i < ReadsPerTurn; i++)
        {
            if (!_readable || _inputHeld || _inputEnded || IsClosed)
            {
                return;
            }

            SysResult received = SocketIO.Receive(Descriptor, Loop.ReadBuffer);
            if (received.Failed)
            {
                _readable = false;
                if (!received.WouldBlock)
                {
                    OnReadFailed();
                }

                return;
            }

            if (received.Value == 0)
            {
                _readable = false;
                OnReadEnded();
                return;
            }

            // Edge-triggered, a short read has emptied the socket, unless an end was reported with it.
            _readable = _ending || received.Value == Loop.ReadBuffer.Length;
            CountReceived(received.Value);
            Deliver(Loop.ReadBuffer.AsSpan(0, received.Value));
        }

        ReadLater();
    }

    private void Deliver(ReadOnlySpan<byte> bytes)
    {
        if (_proxyHeader is not null && !TakeProxyHeader(ref bytes))
        {
            return;
        }

        if (_state == KestrelConnectionState.Silent)
        {
            Open();
        }

        if (_inputUnwanted || _state != KestrelConnectionState.Open)
        {
            return;
        }

        PipeWriter input = _context!.ToKestrel;
        input.Write(bytes);
        _inputFlush = input.FlushAsync(CancellationToken.None).ConfigureAwait(false).GetAwaiter();
        if (_inputFlush.IsCompleted)
        {
            _inputUnwanted = _inputFlush.GetResult().IsCompleted;
        }
        else
        {
            _inputHeld = true;
            _inputFlush.UnsafeOnCompleted(_onInputFlushed ??= OnInputFlushed);
        }
    }

    // On the loop: the input pipe's writer is scheduled there.
    private void OnInputFlushed()
    {
        _inputHeld = false;
        _inputUnwanted = _inputFlush.GetResult().IsCompleted;
        if (!IsClosed)
        {
            PumpInput();
        }
    }

    private void ReadLater()
    {
        if (!_readDeferred)
        {
            _readDeferred = true;
            Loop.Defer(
                static state =>
                {
                    var connection = (KestrelConnection)state!;
                    connection._readDeferred = false;
                    connection.PumpInput();
                },
                this);
        }
    }

    /// <summary>Makes the pipes and hands the connection to Kestrel.</summary>
    private void Open()
    {
        if (_timer is { } timer)
        {
            Loop.Disarm(timer);
        }

        Transition(KestrelConnectionState.Open);

        // Whoever serves the listener now: while the client was silent, a reload may have changed that.
        _listener = ((Listener)Listener).Lane as LoopConnectionListener ?? _listener;
        _context = new LoopConnectionContext(this, _listener.PipesOf(Loop), LocalAddress());
        if (!_listener.Offer(_context))
        {
            Abort(CloseReason.Drain);
            return;
        }

        PumpOutput();
    }

    private void OnReadEnded()
    {
        _inputEnded = true;
        SetReason(CloseReason.Client);
        if (_state != KestrelConnectionState.Open)
        {
            Close(reset: false);
            return;
        }

        // Kestrel may still answer: the output goes on until Kestrel ends it.
        _context!.ToKestrel.Complete();
        _context.FireConnectionClosed();
    }

    private void OnReadFailed()
    {
        SetReason(CloseReason.Client);
        Close(reset: true);
    }

    private void OnTimer()
    {
        if (_state == KestrelConnectionState.Silent)
        {
            SetReason(CloseReason.Timeout);
        }

        Close(reset: false);
    }

    private void ArmTimer(TimeSpan delay)
    {
        if (delay > TimeSpan.Zero)
        {
            Loop.Arm(_timer ??= new ConnectionTimer(this), delay);
        }
    }

    protected override void OnClosed()
    {
        Transition(KestrelConnectionState.Closed);
        if (_timer is { } timer)
        {
            Loop.Disarm(timer);
        }

        if (_proxyHeader is { IsHolding: true } header)
        {
            header.Discard(Loop.Buffers);
        }

        if (_context is { } context)
        {
            if (!_inputEnded)
            {
                context.ToKestrel.Complete(EndOfInput());
                context.FireConnectionClosed();
            }

            if (_outputAwaited)
            {
                context.FromKestrel.CancelPendingRead(); // OnOutput follows and ends it
            }
            else
            {
                EndOutput();
            }
        }

        _closed.TrySetResult();
        base.OnClosed();
    }

    private Exception? EndOfInput() => Reason switch
    {
        CloseReason.Client => new ConnectionResetException("The client reset the connection."),
        _ when _abortReason is not null => _abortReason,
        CloseReason.Upstream => null,
        _ => new ConnectionAbortedException($"The connection was closed: {Reason}."),
    };

    private void Transition(KestrelConnectionState next)
    {
        Debug.Assert(next > _state, $"a connection cannot go from {_state} to {next}");
        _state = next;
    }
}
