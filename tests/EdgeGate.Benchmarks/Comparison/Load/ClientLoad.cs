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
/// <param name="port">Where.</param>
/// <param name="exchange">What each connection does again and again.</param>
/// <param name="opening">What it does once before that, if it is something else.</param>
internal sealed class ClientLoad(int port, Exchange exchange, Exchange? opening = null) : IIdleLoad, ILoad
{
    private const int ConnectsAtOnce = 50;
    private const int WaitMilliseconds = 100;
    private const int BodyBufferBytes = 256 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Poller _poller = Poller.Open();
    private readonly PollEvent[] _events = new PollEvent[256];
    private readonly List<LoadConnection> _connections = [];
    private readonly byte[] _body = new byte[exchange.BodyBytes > 0 ? BodyBufferBytes : 0];
    private Exchange _exchange = opening ?? exchange;
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
    public long RunFor(TimeSpan duration)
    {
        _exchange = exchange;
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
        int sent = SocketIO.Send(connection.Descriptor, _exchange.Request).OrThrow("send");
        if (sent != _exchange.Request.Length)
        {
            throw new IOException("the kernel did not take a small request whole");
        }
    }

    private void Receive(LoadConnection connection)
    {
        if (_exchange.BodyBytes > 0 ? !ReceiveBody(connection) : !ReceiveAnswer(connection))
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

    private bool ReceiveAnswer(LoadConnection connection)
    {
        int received = Receive(connection, connection.Answer.AsSpan(connection.AnswerLength));
        connection.AnswerLength += received;
        return received > 0 && _exchange.IsComplete(connection.Answer.AsSpan(0, connection.AnswerLength));
    }

    /// <summary>Counts what comes, until it is all or there is no more for now.</summary>
    private bool ReceiveBody(LoadConnection connection)
    {
        while (true)
        {
            int received = Receive(connection, _body);
            if (received == 0)
            {
                return false;
            }

            int missing = connection.Missing > 0 ? connection.Missing : _exchange.LengthOf(_body.AsSpan(0, received));
            connection.Missing = missing - received;
            if (connection.Missing <= 0)
            {
                return connection.Missing == 0 ? true : throw new InvalidDataException("an answer is too long");
            }
        }
    }

    /// <summary>Reads; 0 if there is nothing yet.</summary>
    private static int Receive(LoadConnection connection, Span<byte> buffer)
    {
        SysResult received = SocketIO.Receive(connection.Descriptor, buffer);
        return received.WouldBlock ? 0
            : received.OrThrow("recv") is > 0 and var count ? count
            : throw new IOException("a connection was closed");
    }
}
