using System.Collections.Immutable;
using EdgeGate.Configuration;
using EdgeGate.Limits.Live;
using EdgeGate.Transport.Admission;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Limits.Overload;

/// <summary>
/// Measures every resource twice a second, and does what the ladder says: the fullest resource decides. What it has
/// measured is what <c>/limits</c> and <c>edgegate_limit_*</c> show.
/// </summary>
/// <param name="meters">What to measure.</param>
/// <param name="actions">What to do.</param>
/// <param name="thresholds">When to do it; asked anew each time, since a reload may change it.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where it tells.</param>
internal sealed class OverloadMonitor(
    IReadOnlyList<IResourceMeter> meters,
    IOverloadActions actions,
    Func<OverloadConfig> thresholds,
    TimeProvider time,
    ILogger log) : IDisposable
{
    /// <summary>How often resources are measured.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    // Between two rounds of closing, time for the first to show; and between two lines in the log.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan BetweenTrims = TimeSpan.FromSeconds(10);

    private const int ResetShare = 100; // of the connections, at most one in so many a round

    private readonly Dictionary<string, Told> _told = [];
    private readonly long[] _taken = new long[Enum.GetValues<OverloadLevel>().Length];
    private readonly ManualResetEventSlim _stopping = new();
    private Thread? _thread;
    private Task _makingRoom = Task.CompletedTask;
    private ImmutableArray<ResourceState> _states = [];
    private long? _lastRoom;
    private long? _lastTrim;

    private readonly record struct Told(OverloadLevel Level, long At);

    /// <summary>Every resource as it was measured last.</summary>
    public ImmutableArray<ResourceState> States => _states;

    /// <summary>The rung that the gateway stands on.</summary>
    public OverloadLevel Level => LevelOf(_states);

    /// <summary>
    /// How often an action was taken: of <see cref="OverloadLevel.CloseIdle"/> and <see cref="OverloadLevel.Reset"/> the
    /// connections, of the others how often they began.
    /// </summary>
    public long Taken(OverloadLevel action) => Volatile.Read(ref _taken[(int)action]);

    /// <summary>
    /// Measures and acts until it is disposed, on a thread of its own: a thread pool that is woken twice a second for a
    /// few small files spins for longer than the files take (an idle daemon was seen to use three times the processor).
    /// </summary>
    public void Start()
    {
        _thread = new Thread(Run) { Name = "edgegate-load", IsBackground = true };
        _thread.Start();
    }

    public void Dispose()
    {
        _stopping.Set();
        if (Interlocked.Exchange(ref _thread, null) is { } thread)
        {
            thread.Join();
            actions.Admit(AdmissionMode.Open);
        }

        _stopping.Dispose();
    }

    /// <summary>One round.</summary>
    /// <returns>Ends when room has been made, where that is wanted.</returns>
    public Task RoundAsync()
    {
        OverloadConfig limits = thresholds();
        ImmutableArray<ResourceState> before = _states;
        OverloadLevel was = LevelOf(before);
        ImmutableArray<ResourceState> now = Measure(before, limits);
        ImmutableInterlocked.InterlockedExchange(ref _states, now); // read by scrapes
        Tell(now);
        CountWarnings(before, now);
        OverloadLevel level = LevelOf(now);
        Admit(was, level);
        TrimIfShort(now);
        bool waits = !_makingRoom.IsCompleted || (_lastRoom is { } last && time.GetElapsedTime(last) < Patience);
        if (level >= OverloadLevel.CloseIdle && !waits)
        {
            _lastRoom = time.GetTimestamp();
            _makingRoom = MakeRoomAsync(now, limits);
        }

        return _makingRoom;
    }

    private void Run()
    {
        while (!_stopping.Wait(Interval))
        {
            try
            {
                _ = RoundAsync();
            }
            catch (Exception e)
            {
                OverloadLog.CannotMeasure(log, e); // the gateway goes on without
            }
        }
    }

    private ImmutableArray<ResourceState> Measure(ImmutableArray<ResourceState> before, OverloadConfig limits) =>
    [
        .. from meter in meters
           from use in meter.Measure()
           let level = before.FirstOrDefault(state => state.Use.Resource == use.Resource).Level
           select new ResourceState(use, OverloadLadder.Next(level, use.Pressure, limits, use.Highest)),
    ];

    private void Admit(OverloadLevel was, OverloadLevel level)
    {
        actions.Admit(level >= OverloadLevel.Reject ? AdmissionMode.Reject
            : level >= OverloadLevel.StopAccepting ? AdmissionMode.Hold
            : AdmissionMode.Open);
        foreach (OverloadLevel begun in (OverloadLevel[])[OverloadLevel.StopAccepting, OverloadLevel.Reject])
        {
            if (was < begun && level >= begun)
            {
                Count(begun, 1);
            }
        }
    }

    // Before connections pay: what looks like load may be garbage.
    private void TrimIfShort(ImmutableArray<ResourceState> states)
    {
        bool isShort = states.Any(state => state is { Use.Resource: KernelMeter.Memory, Level: >= OverloadLevel.CloseIdle });
        if (isShort && (_lastTrim is not { } last || time.GetElapsedTime(last) >= BetweenTrims))
        {
            _lastTrim = time.GetTimestamp();
            _ = actions.TrimMemoryAsync();
        }
    }

    private async Task MakeRoomAsync(ImmutableArray<ResourceState> states, OverloadConfig limits)
    {
        int close = Excess(states, OverloadLevel.CloseIdle, limits);
        int reset = (int)Math.Min(Excess(states, OverloadLevel.Reset, limits), (actions.Connections / ResetShare) + 1);
        int closed = close > 0 ? await actions.CloseIdleAsync(close) : 0;
        int gone = reset > 0 ? await actions.ResetLargestAsync(reset) : 0;
        Count(OverloadLevel.CloseIdle, closed);
        Count(OverloadLevel.Reset, gone);
        if (closed + gone > 0)
        {
            OverloadLog.MadeRoom(log, closed, gone);
        }
    }

    private int Excess(ImmutableArray<ResourceState> states, OverloadLevel level, OverloadConfig limits) => states
        .Where(state => state.Level >= level)
        .Select(state => OverloadLadder.Excess(state.Use.Pressure, level, limits, actions.Connections))
        .DefaultIfEmpty().Max();

    private void CountWarnings(ImmutableArray<ResourceState> before, ImmutableArray<ResourceState> now) =>
        Count(OverloadLevel.Warn, now.Count(state =>
            state.Level > OverloadLevel.None
            && before.FirstOrDefault(old => old.Use.Resource == state.Use.Resource).Level == OverloadLevel.None));

    private void Count(OverloadLevel action, int times) =>
        Volatile.Write(ref _taken[(int)action], _taken[(int)action] + times);

    // A resource that goes up and down is told of once a second, and then how it stands.
    private void Tell(ImmutableArray<ResourceState> states)
    {
        foreach (ResourceState state in states)
        {
            Told told = _told.GetValueOrDefault(state.Use.Resource);
            if (state.Level == told.Level || (told.At != 0 && time.GetElapsedTime(told.At) < Patience))
            {
                continue;
            }

            _told[state.Use.Resource] = new Told(state.Level, time.GetTimestamp());
            if (state.Level > told.Level)
            {
                OverloadLog.Rose(log, state.Use.Resource, state.Use.Pressure, state.Level, Effect(state.Level));
            }
            else
            {
                OverloadLog.Fell(log, state.Use.Resource, state.Use.Pressure, state.Level);
            }
        }
    }

    private static string Effect(OverloadLevel level) => level switch
    {
        OverloadLevel.Warn => "nothing is done yet",
        OverloadLevel.CloseIdle => "idle keep-alive connections are closed, the oldest first",
        OverloadLevel.StopAccepting => "nobody new is let in",
        OverloadLevel.Reject => "whoever comes is rejected at once",
        _ => "the connections that hold the most memory are reset",
    };

    private static OverloadLevel LevelOf(ImmutableArray<ResourceState> states) =>
        states.Select(state => state.Level).DefaultIfEmpty().Max();
}
