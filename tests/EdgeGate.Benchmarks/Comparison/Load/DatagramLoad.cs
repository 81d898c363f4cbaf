using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using EdgeGate.Native.Polling;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Benchmarks.Comparison.Load;

/// <summary>UDP clients on one thread and one poller, each with one question under way at most.</summary>
internal sealed class DatagramLoad : ILoad
{
    private const int QuestionBytes = 100;
    private const int WaitMilliseconds = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Poller _poller = Poller.Open();
    private readonly PollEvent[] _events = new PollEvent[256];
    private readonly byte[] _question = new byte[QuestionBytes];
    private readonly byte[] _answer = new byte[2 * QuestionBytes];
    private readonly OwnedDescriptor[] _clients;
    private readonly bool[] _waits;
    private bool _repeating;
    private int _underWay;
    private long _completed;

    internal DatagramLoad(int port, int clients)
    {
        _clients = new OwnedDescriptor[clients];
        _waits = new bool[clients];
        for (int i = 0; i < clients; i++)
        {
            _clients[i] = new OwnedDescriptor(SocketFactory.OpenDatagram(AddressFamily.InterNetwork).OrThrow("socket"));
            SocketIO.Connect(_clients[i].Descriptor, new IPEndPoint(IPAddress.Loopback, port)).OrThrow("connect");
            _poller.Add(_clients[i].Descriptor, (ulong)i, Interest.Readable | Interest.EdgeTriggered).OrThrow("poll");
        }
    }

    /// <summary>Asks on all sockets for a while; returns how many answers there were.</summary>
    /// <exception cref="TimeoutException">An answer does not come: then the figures would be of another work.</exception>
    public long RunFor(TimeSpan duration)
    {
        _repeating = true;
        _completed = 0;
        for (int i = 0; i < _clients.Length; i++)
        {
            _underWay++;
            Ask(i);
        }

        long began = Stopwatch.GetTimestamp();
        while (_underWay > 0)
        {
            Turn();
            TimeSpan passed = Stopwatch.GetElapsedTime(began);
            _repeating = passed < duration;
            if (passed > duration + Patience)
            {
                throw new TimeoutException($"{_underWay} of {_clients.Length} clients wait for an answer");
            }
        }

        return _completed;
    }

    /// <summary>Sends many without waiting for anything, from all sockets in turn.</summary>
    internal void Burst(int count)
    {
        for (int i = 0; i < count; i++)
        {
            SocketIO.Send(_clients[i % _clients.Length].Descriptor, _question).OrThrow("send");
        }
    }

    public void Dispose()
    {
        Array.ForEach(_clients, client => client.Dispose());
        _poller.Dispose();
    }

    private void Ask(int client)
    {
        _waits[client] = true;
        SocketIO.Send(_clients[client].Descriptor, _question).OrThrow("send");
    }

    private void Turn()
    {
        int count = _poller.Wait(_events, WaitMilliseconds);
        foreach (PollEvent report in _events.AsSpan(0, count))
        {
            int client = (int)report.Token;
            if (!_waits[client] || SocketIO.Receive(_clients[client].Descriptor, _answer) is not { Value: QuestionBytes })
            {
                continue;
            }

            _completed++;
            _waits[client] = false;
            if (_repeating)
            {
                Ask(client);
            }
            else
            {
                _underWay--;
            }
        }
    }
}
