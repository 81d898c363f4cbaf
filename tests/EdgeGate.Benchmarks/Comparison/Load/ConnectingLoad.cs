using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using EdgeGate.Native;
using EdgeGate.Native.Polling;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Benchmarks.Comparison.Load;

/// <summary>Clients that open a new connection for each exchange, on one thread and one poller.</summary>
internal sealed class ConnectingLoad : ILoad
{
    private const int WaitMilliseconds = 100;
    private const int SlotBits = 16; // the rest of a token counts, so that a report of a closed connection is known
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Poller _poller = Poller.Open();
    private readonly PollEvent[] _events = new PollEvent[256];
    private readonly IPEndPoint _target;
    private readonly Exchange _exchange;
    private readonly LoadConnection?[] _slots;
    private readonly ulong[] _tokens;
    private ulong _opened;
    private int _underWay;
    private bool _repeating;
    private long _completed;

    internal ConnectingLoad(int port, Exchange exchange, int atOnce)
    {
        _target = new IPEndPoint(IPAddress.Loopback, port);
        _exchange = exchange;
        _slots = new LoadConnection?[atOnce];
        _tokens = new ulong[atOnce];
    }

    /// <summary>Connects, exchanges and closes for a while; returns how often.</summary>
    public long RunFor(TimeSpan duration)
    {
        _completed = 0;
        _repeating = true;
        long began = Stopwatch.GetTimestamp();
        for (int slot = 0; slot < _slots.Length; slot++)
        {
            _underWay++;
            Open(slot);
        }

        while (_underWay > 0)
        {
            Turn();
            TimeSpan passed = Stopwatch.GetElapsedTime(began);
            _repeating = passed < duration;
            if (passed > duration + Patience)
            {
                throw new TimeoutException($"{_underWay} of {_slots.Length} connections wait for an answer");
            }
        }

        return _completed;
    }

    public void Dispose()
    {
        Array.ForEach(_slots, connection => connection?.Owned.Dispose());
        _poller.Dispose();
    }

    private void Open(int slot)
    {
        var connection = new LoadConnection(
            new OwnedDescriptor(SocketFactory.OpenStream(AddressFamily.InterNetwork).OrThrow("socket")));
        _slots[slot] = connection;
        _tokens[slot] = (++_opened << SlotBits) | (uint)slot;
        SocketOptions.SetNoDelay(connection.Descriptor);
        SysResult result = SocketIO.Connect(connection.Descriptor, _target);
        if (result.Failed && result.Error != Errno.EINPROGRESS)
        {
            result.OrThrow("connect");
        }

        _poller.Add(connection.Descriptor, _tokens[slot], Interest.Connection).OrThrow("poll");
    }

    private void Turn()
    {
        int count = _poller.Wait(_events, WaitMilliseconds);
        foreach (PollEvent report in _events.AsSpan(0, count))
        {
            int slot = (int)(report.Token & ((1 << SlotBits) - 1));
            if (_tokens[slot] != report.Token || _slots[slot] is not { } connection)
            {
                continue; // of a connection that is closed already
            }

            if ((report.Ready & Readiness.Writable) != 0 && !connection.IsConnected)
            {
                connection.IsConnected = true;
                if (SocketIO.Send(connection.Descriptor, _exchange.Request).OrThrow("send") != _exchange.Request.Length)
                {
                    throw new IOException("the kernel did not take a small request whole");
                }
            }

            if ((report.Ready & Readiness.Readable) != 0 && IsDone(connection))
            {
                Close(slot, connection);
            }
        }
    }

    private bool IsDone(LoadConnection connection)
    {
        while (true)
        {
            SysResult received = SocketIO.Receive(connection.Descriptor, connection.Answer.AsSpan(connection.AnswerLength));
            if (received.WouldBlock)
            {
                return false;
            }

            bool ended = received.OrThrow("recv") == 0;
            connection.AnswerLength += received.Value;
            bool complete = _exchange.IsComplete(connection.Answer.AsSpan(0, connection.AnswerLength));
            if (ended && !complete)
            {
                throw new IOException("a connection was closed before its answer was whole");
            }

            if (complete && (ended || !_exchange.Closes))
            {
                return true;
            }
        }
    }

    private void Close(int slot, LoadConnection connection)
    {
        _poller.Closing(connection.Descriptor);
        connection.Owned.Dispose();
        _slots[slot] = null;
        _completed++;
        if (_repeating)
        {
            Open(slot);
        }
        else
        {
            _underWay--;
        }
    }
}
