using System.Net;
using System.Net.Sockets;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Benchmarks.Comparison.Load;

/// <summary>
/// A client whose requests come due by the clock. What comes due while another is under way waits in a queue, and its
/// time began when it came due: so a proxy that stalls is charged for all that waited.
/// </summary>
internal sealed class PacedConnection : IDisposable
{
    private const int MaxAnswerBytes = 1024;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Exchange _exchange;
    private readonly byte[] _answer = new byte[MaxAnswerBytes];
    private readonly Lock _lock = new(); // one thread says what is due, another takes the answers
    private readonly Queue<long> _due = new(64);
    private int _answerLength;
    private long _began;
    private bool _isBusy;

    internal PacedConnection(int port, Exchange exchange)
    {
        _exchange = exchange;
        _socket.Connect(IPAddress.Loopback, port);
        _socket.Blocking = false;
    }

    internal Descriptor Descriptor => new((int)_socket.Handle);

    /// <summary>Sends a request, or has it wait for its turn.</summary>
    /// <returns>Whether it was sent at once.</returns>
    internal bool Begin(long due)
    {
        lock (_lock)
        {
            if (_isBusy)
            {
                _due.Enqueue(due);
                return false;
            }

            _isBusy = true;
            Send(due);
            return true;
        }
    }

    /// <summary>Takes what has come.</summary>
    /// <returns>When the request that is now answered came due; null if none is.</returns>
    internal long? Receive()
    {
        var received = SocketIO.Receive(Descriptor, _answer.AsSpan(_answerLength));
        if (received.WouldBlock)
        {
            return null;
        }

        _answerLength += received.OrThrow("recv") > 0 ? received.Value : throw new IOException("a connection was closed");
        if (!_exchange.IsComplete(_answer.AsSpan(0, _answerLength)))
        {
            return null;
        }

        lock (_lock)
        {
            long began = _began;
            _answerLength = 0;
            _isBusy = _due.TryDequeue(out long next);
            if (_isBusy)
            {
                Send(next);
            }

            return began;
        }
    }

    public void Dispose() => _socket.Dispose();

    private void Send(long due)
    {
        _began = due;
        if (SocketIO.Send(Descriptor, _exchange.Request).OrThrow("send") != _exchange.Request.Length)
        {
            throw new IOException("the kernel did not take a small request whole");
        }
    }
}
