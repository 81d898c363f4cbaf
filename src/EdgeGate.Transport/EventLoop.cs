using System.Collections.Concurrent;
using System.Diagnostics;
using EdgeGate.Native.Polling;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Transport;

/// <summary>
/// One thread, one poller, and the sockets that live on it. The thread owns all of them; other threads only
/// <see cref="Post"/>. No code that may block runs here. A loop whose thread dies unexpectedly ends the process: a
/// gateway that serves only some of its connections is worse than one that restarts.
/// </summary>
public sealed class EventLoop
{
    private const int EventsPerWait = 256;
    private const int PostedPerTurn = 1024;
    private const int ThreadStackBytes = 1024 * 1024;

    [ThreadStatic]
    private static EventLoop? s_current;

    private readonly ConcurrentQueue<Work> _posted = new();
    private readonly Queue<Work> _deferred = new();
    private readonly TimerWheel _timers = new(Environment.TickCount64);
    private readonly Thread _thread;
    private readonly ILogger _log;
    private readonly TaskCompletionSource _emptied = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int _asleep;
    private int _connections;
    private long _busyTicks;
    private long _turns;
    private long _staleReports;
    private bool _stopping;

    private readonly record struct Work(Action<object?> Callback, object? State)
    {
        internal void Run() => Callback(State);
    }

    internal EventLoop(int index, PollerKind poller, ILogger log)
    {
        Index = index;
        Poller = Poller.Open(poller);
        _log = log;
        _thread = new Thread(Run, ThreadStackBytes) { Name = $"edgegate-loop-{index}", IsBackground = true };
    }

    /// <summary>The loop's number, from 0.</summary>
    public int Index { get; }

    /// <summary>Milliseconds of a monotonic clock, read once a turn.</summary>
    public long Now { get; private set; } = Environment.TickCount64;

    /// <summary>The loop's one read buffer: its content is good until the reaction that filled it returns.</summary>
    public byte[] ReadBuffer { get; } = GC.AllocateUninitializedArray<byte>(LoopBufferPool.MaxBufferBytes, pinned: true);

    /// <summary>Buffers for bytes that have to wait.</summary>
    public LoopBufferPool Buffers { get; } = new();

    /// <summary>Pipes for bulk traffic.</summary>
    public SplicePipePool Pipes { get; } = new();

    /// <summary>The loop on whose thread the caller runs; null on any other thread.</summary>
    public static EventLoop? Current => s_current;

    /// <summary>Whether the caller runs on this loop's thread.</summary>
    public bool IsCurrent => s_current == this;

    /// <summary>Accepted connections that live here, or are on their way: what spreading goes by.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Time spent working, not waiting, since the loop began.</summary>
    public TimeSpan BusyTime => Stopwatch.GetElapsedTime(0, Volatile.Read(ref _busyTicks));

    /// <summary>Turns since the loop began: a loop that makes none is stuck or has nothing to do.</summary>
    public long Turns => Volatile.Read(ref _turns);

    /// <summary>Reports that named a socket which had closed meanwhile. Odd if it grows fast.</summary>
    public long StaleReports => Volatile.Read(ref _staleReports);

    internal Poller Poller { get; }

    internal SlotTable Slots { get; } = new();

    /// <summary>
    /// Has the loop run something soon, from any thread. It allocates nothing if the callback is static. After the
    /// loop's end it does nothing.
    /// </summary>
    public void Post(Action<object?> callback, object? state)
    {
        _posted.Enqueue(new Work(callback, state));

        // Full fence, against the race with Wait: either the loop sees the work when it looks once more before it
        // sleeps, or we see that it is asleep. The exchange leaves the wake-up's system call to one of many posters.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _asleep) == 1 && Interlocked.Exchange(ref _asleep, 0) == 1)
        {
            Poller.Wake();
        }
    }

    /// <summary>Completes when the loop has come to what is posted now, from any thread: it is not stuck.</summary>
    public Task TurnAsync()
    {
        var ran = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(static ran => ((TaskCompletionSource)ran!).SetResult(), ran);
        return ran.Task;
    }

    /// <summary>Has the loop run something after the other sockets had their turn; from the loop's own thread.</summary>
    public void Defer(Action<object?> callback, object? state) => _deferred.Enqueue(new Work(callback, state));

    /// <summary>Arms a timer, on the loop's thread; an armed one is moved.</summary>
    public void Arm(LoopTimer timer, TimeSpan delay) =>
        _timers.Arm(timer, Now + (long)Math.Ceiling(delay.TotalMilliseconds));

    /// <summary>Disarms a timer, on the loop's thread.</summary>
    public void Disarm(LoopTimer timer) => _timers.Disarm(timer);

    internal void ConnectionAssigned() => Interlocked.Increment(ref _connections);

    internal void ConnectionGone() => Interlocked.Decrement(ref _connections);

    internal void Start() => _thread.Start();

    /// <summary>Resets every socket; the loop goes on, and takes what others still hand over.</summary>
    internal Task CloseSocketsAsync()
    {
        Post(
            static state =>
            {
                var loop = (EventLoop)state!;
                loop.CloseAll();
                loop._emptied.TrySetResult();
            },
            this);
        return _emptied.Task;
    }

    /// <summary>Resets every socket that is left, runs what was posted, and ends the thread.</summary>
    internal Task StopAsync()
    {
        Post(static loop => ((EventLoop)loop!)._stopping = true, this);
        return _ended.Task;
    }

    private void Run()
    {
        s_current = this;
        try
        {
            var events = new PollEvent[EventsPerWait];
            while (!_stopping)
            {
                Turn(events);
            }

            CloseAll();
            RunLeftovers();
            Pipes.Dispose();
            Poller.Dispose();
            _emptied.TrySetResult();
            _ended.SetResult();
        }
        catch (Exception e)
        {
            EventLoopLog.LoopDied(_log, Index, e);
            Environment.FailFast($"event loop {Index} died", e);
        }
    }

    private void Turn(PollEvent[] events)
    {
        int count = Wait(events);
        long began = Stopwatch.GetTimestamp();
        Now = Environment.TickCount64;
        for (int i = 0; i < count; i++)
        {
            Dispatch(events[i]);
        }

        _timers.Advance(Now);
        RunPosted();
        RunDeferred();
        Volatile.Write(ref _busyTicks, _busyTicks + Stopwatch.GetTimestamp() - began);
        Volatile.Write(ref _turns, _turns + 1);
    }

    private int Wait(PollEvent[] events)
    {
        int timeout = _deferred.Count > 0 ? 0 : _timers.MillisecondsToNext(Environment.TickCount64);
        if (timeout == 0)
        {
            return Poller.Wait(events, 0);
        }

        // A full fence between "asleep" and the look at the queue: see Post.
        Interlocked.Exchange(ref _asleep, 1);
        int count = Poller.Wait(events, _posted.IsEmpty ? timeout : 0);
        Volatile.Write(ref _asleep, 0);
        return count;
    }

    private void Dispatch(PollEvent report)
    {
        LoopSocket? socket = Slots.Find(report.Token);
        if (socket is null)
        {
            Volatile.Write(ref _staleReports, _staleReports + 1);
            return;
        }

        if ((report.Ready & Readiness.Readable) != 0)
        {
            socket.OnReadable((report.Ready & Readiness.Ending) != 0);
        }

        if ((report.Ready & Readiness.Writable) != 0 && !socket.IsClosed)
        {
            socket.OnWritable();
        }
    }

    private void RunPosted()
    {
        for (int i = 0; i < PostedPerTurn && _posted.TryDequeue(out Work work); i++)
        {
            work.Run();
        }
    }

    private void RunDeferred()
    {
        // Only what is there now: what these defer again waits for the next turn.
        for (int i = _deferred.Count; i > 0; i--)
        {
            _deferred.Dequeue().Run();
        }
    }

    private void CloseAll()
    {
        for (int i = 0; i < Slots.Extent; i++)
        {
            Slots[i]?.Close(reset: true);
        }
    }

    /// <summary>
    /// Runs what is still queued, so that a socket on its way here is closed and not lost, and whoever waits for posted
    /// work gets an answer. What is posted later is never run.
    /// </summary>
    private void RunLeftovers()
    {
        while (!_posted.IsEmpty || _deferred.Count > 0)
        {
            RunPosted();
            RunDeferred();
            CloseAll();
        }
    }
}
