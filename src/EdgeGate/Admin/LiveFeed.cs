using System.Diagnostics;

namespace EdgeGate.Admin;

/// <summary>
/// Watches the gateway for all who look at it: one snapshot a second however many they are, and none while nobody looks.
/// Where a snapshot takes long, the next one waits, so that watching costs a twentieth of one processor at most.
/// </summary>
/// <param name="take">Takes a snapshot.</param>
/// <param name="pause">Called when nobody looks any more.</param>
internal sealed class LiveFeed(Func<Task<LiveSnapshot>> take, Action pause)
{
    /// <summary>More are refused: each holds one of the admin address's connections.</summary>
    public const int MaxSubscribers = 16;

    private const int Share = 20;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private TaskCompletionSource<LiveSnapshot> _next = NewSource();
    private int _subscribers;
    private bool _isTaking;

    /// <summary>How many look.</summary>
    public int Subscribers => Volatile.Read(ref _subscribers);

    /// <summary>Begins to look, unless too many do already; <see cref="Leave"/> ends it.</summary>
    public bool TryEnter()
    {
        lock (_lock)
        {
            if (_subscribers == MaxSubscribers)
            {
                return false;
            }

            _subscribers++;
            if (!_isTaking)
            {
                _isTaking = true;
                _ = TakeAsync();
            }

            return true;
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            _subscribers--;
        }
    }

    /// <summary>The next snapshot.</summary>
    public Task<LiveSnapshot> NextAsync()
    {
        lock (_lock)
        {
            return _next.Task;
        }
    }

    private async Task TakeAsync()
    {
        await Task.Yield(); // out of the lock of the one who came first
        while (true)
        {
            long began = Stopwatch.GetTimestamp();
            try
            {
                LiveSnapshot snapshot = await take();
                Publish().TrySetResult(snapshot);
            }
            catch (Exception e)
            {
                Publish().TrySetException(e); // each of those who wait has its own request to fail
            }

            TimeSpan took = Stopwatch.GetElapsedTime(began);
            await Task.Delay(took * Share > Period ? took * (Share - 1) : Period - took);
            lock (_lock)
            {
                if (_subscribers == 0)
                {
                    pause();
                    _isTaking = false;
                    return;
                }
            }
        }
    }

    private TaskCompletionSource<LiveSnapshot> Publish()
    {
        lock (_lock)
        {
            TaskCompletionSource<LiveSnapshot> waiting = _next;
            _next = NewSource();
            return waiting;
        }
    }

    private static TaskCompletionSource<LiveSnapshot> NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
