using System.Diagnostics;
using EdgeGate.Native.Polling;

namespace EdgeGate.Benchmarks.Comparison.Load;

/// <summary>
/// Clients that ask at a fixed rate, whether they are answered or not. A time runs from when the request came due, not
/// from when it was sent, so nothing is left out because something else was slow.
/// </summary>
internal sealed class PacedLoad : IDisposable
{
    private const int WaitMilliseconds = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Poller _poller = Poller.Open();
    private readonly PollEvent[] _events = new PollEvent[256];
    private readonly PacedConnection[] _connections;
    private volatile Exception? _failure; // of either thread; it ends both

    internal PacedLoad(int port, Exchange exchange, int connections)
    {
        _connections = [.. Enumerable.Range(0, connections).Select(_ => new PacedConnection(port, exchange))];
        for (int i = 0; i < connections; i++)
        {
            _poller.Add(_connections[i].Descriptor, (ulong)i, Interest.Readable | Interest.EdgeTriggered).OrThrow("poll");
        }
    }

    /// <summary>Asks for a while.</summary>
    /// <param name="rate">Requests a second.</param>
    /// <param name="duration">How long.</param>
    /// <exception cref="TimeoutException">Not all answers come.</exception>
    internal PacedTimes RunFor(int rate, TimeSpan duration)
    {
        int count = (int)(rate * duration.TotalSeconds);
        double interval = (double)Stopwatch.Frequency / rate;
        var times = new PacedTimes(count);
        _failure = null;
        Thread sender = RealTimeThread.Start(() => Send(times, interval));
        Thread receiver = RealTimeThread.Start(() => Receive(times, duration + Patience));
        sender.Join();
        receiver.Join();
        return _failure is { } failure ? throw new IOException(failure.Message, failure)
            : times.Answered == count ? times
            : throw new TimeoutException($"{count - times.Answered} of {count} requests were not answered");
    }

    public void Dispose()
    {
        Array.ForEach(_connections, connection => connection.Dispose());
        _poller.Dispose();
    }

    private void Send(PacedTimes times, double interval)
    {
        try
        {
            Pacer.Sharpen();
            long began = Stopwatch.GetTimestamp();
            for (int i = 0; i < times.Count && _failure is null; i++)
            {
                long due = began + (long)(i * interval);
                Pacer.SleepUntil(due);
                if (_connections[i % _connections.Length].Begin(due))
                {
                    times.AddLateness(Stopwatch.GetTimestamp() - due);
                }
            }
        }
        catch (Exception e)
        {
            _failure = e;
        }
    }

    private void Receive(PacedTimes times, TimeSpan limit)
    {
        try
        {
            long began = Stopwatch.GetTimestamp();
            while (times.Answered < times.Count && _failure is null && Stopwatch.GetElapsedTime(began) < limit)
            {
                Receive(times);
            }
        }
        catch (Exception e)
        {
            _failure = e;
        }
    }

    private void Receive(PacedTimes times)
    {
        int count = _poller.Wait(_events, WaitMilliseconds);
        foreach (PollEvent report in _events.AsSpan(0, count))
        {
            if (_connections[(int)report.Token].Receive() is { } due)
            {
                times.AddAnswer(Stopwatch.GetTimestamp() - due);
            }
        }
    }
}
