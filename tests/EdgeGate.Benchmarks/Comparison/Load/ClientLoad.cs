using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using EdgeGate.Native;
using EdgeGate.Native.Polling;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Benchmarks.Comparison.Load;

/// <summary>
/// Clients on one thread and one poller, each with one request under way at most. The same for every proxy, and cheap,
/// so that the machine is left to what is measured.
/// </summary>
internal sealed class ClientLoad(int port, Exchange exchange) : IIdleLoad
{
    private const int ConnectsAtOnce = 50;
    private const int WaitMilliseconds = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Poller _poller = Poller.Open();
    private readonly PollEvent[] _events = new PollEvent[256];
    private readonly List<LoadConnection> _connections = [];
    private bool _repeating;
    private int _underWay;
    private long _completed;

    /// <inheritdoc/>
    public void Grow(int count)
    {
        int wanted = _connections.Count + count;
        while (_connections.Count < wanted)
        {
            for (int i = Math.Min(ConnectsAtOnce, wanted - _connections.Count); i > 0; i--)
            {
                Open();
            }

            Finish();
        }
    }

    /// <summary>Exchanges on all connections for a while; returns how many exchanges there were.</summary>
    internal long RunFor(TimeSpan duration)
    {
        _repeating = true;
        _completed = 0;
        long began = Stopwatch.GetTimestamp();
        foreach (LoadConnection connection in _connections)
        {
            _underWay++;
            SendRequest(connection);
        }

        while (Stopwatch.GetElapsedTime(began) < duration)
        {
            Turn();
        }

        _repeating = false;
        Finish();
        return _completed;
    }

    public void Dispose()
    {
        _connections.ForEach(connection => connection.Owned.Dispose());
        _poller.Dispose();
    }

    private void Open()
    {
        var owned = new OwnedDescriptor(SocketFactory.OpenStream(AddressFamily.InterNetwork).OrThrow("socket"));
        var connection = new LoadConnection(owned);
        SocketOptions.SetNoDelay(connection.Descriptor);
        SysResult result = SocketIO.Connect(connection.Descriptor, new IPEndPoint(IPAddress.Loopback, port));
        if (result.Failed && result.Error != Errno.EINPROGRESS)
        {
            result.OrThrow("connect");
        }

        _connections.Add(connection);
        _underWay++;
        _poller.Add(connection.Descriptor, (ulong)(_connections.Count - 1), Interest.Connection).OrThrow("poll");
    }

    private void Finish()
    {
        long began = Stopwatch.GetTimestamp();
        while (_underWay > 0)
        {
            Turn();
            if (Stopwatch.GetElapsedTime(began) > Patience)
            {
                throw new TimeoutException($"{_underWay} of {_connections.Count} connections wait for an answer");
            }
        }
    }

    private void Turn()
    {
        int count = _poller.Wait(_events, WaitMilliseconds);
        foreach (PollEvent report in _events.AsSpan(0, count))
        {
            LoadConnection connection = _connections[(int)report.Token];
            if ((report.Ready & Readiness.Readable) != 0)
            {
                Receive(connection);
            }

            if ((report.Ready & Readiness.Writable) != 0 && !connection.IsConnected)
            {
                connection.IsConnected = true;
                SendRequest(connection);
            }
        }
    }

    private void SendRequest(LoadConnection connection)
    {
        connection.AnswerLength = 0;
        int sent = SocketIO.Send(connection.Descriptor, exchange.Request).OrThrow("send");
        if (sent != exchange.Request.Length)
        {
            throw new IOException("the kernel did not take a small request whole");
        }
    }

    private void Receive(LoadConnection connection)
    {
        SysResult received = SocketIO.Receive(connection.Descriptor, connection.Answer.AsSpan(connection.AnswerLength));
        if (received.WouldBlock)
        {
            return;
        }

        if (received.OrThrow("recv") == 0)
        {
            throw new IOException("a connection was closed");
        }

        connection.AnswerLength += received.Value;
        if (!exchange.IsComplete(connection.Answer.AsSpan(0, connection.AnswerLength)))
        {
            return;
        }

        _completed++;
        if (_repeating)
        {
            SendRequest(connection);
        }
        else
        {
            _underWay--;
        }
    }
}
