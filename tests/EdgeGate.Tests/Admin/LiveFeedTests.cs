using EdgeGate.Admin;

namespace EdgeGate.Tests.Admin;

public sealed class LiveFeedTests
{
    private int _taken;
    private int _pauses;

    [Fact]
    public async Task Nothing_is_taken_while_nobody_looks()
    {
        LiveFeed feed = Feed();
        Assert.Equal(0, _taken);

        Assert.True(feed.TryEnter());
        await feed.NextAsync().WaitAsync(TimeSpan.FromSeconds(5));
        feed.Leave();
        await Until(() => Volatile.Read(ref _pauses) == 1);
        int taken = _taken;

        Task<LiveSnapshot> next = feed.NextAsync();
        Assert.True(feed.TryEnter());
        await next.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(taken + 1, _taken);
        feed.Leave();
    }

    [Fact]
    public async Task All_who_look_share_one_snapshot()
    {
        LiveFeed feed = Feed();
        Task<LiveSnapshot>[] waiting = [.. Enumerable.Range(0, 8).Select(_ => feed.NextAsync())];
        Assert.All(Enumerable.Range(0, LiveFeed.MaxSubscribers), _ => Assert.True(feed.TryEnter()));

        LiveSnapshot[] seen = await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(5));

        Assert.Single(seen.Distinct());
        Assert.False(feed.TryEnter());
        feed.Leave();
        Assert.True(feed.TryEnter());
    }

    [Fact]
    public async Task One_that_fails_fails_for_those_who_wait_and_the_next_one_is_taken()
    {
        var feed = new LiveFeed(
            () => ++_taken == 1 ? throw new InvalidOperationException("once") : Task.FromResult(Snapshot()), () => { });
        Task<LiveSnapshot> first = feed.NextAsync();
        Assert.True(feed.TryEnter());

        await Assert.ThrowsAsync<InvalidOperationException>(() => first.WaitAsync(TimeSpan.FromSeconds(5)));
        Assert.NotNull(await feed.NextAsync().WaitAsync(TimeSpan.FromSeconds(5)));
        feed.Leave();
    }

    private LiveFeed Feed() => new(
        () =>
        {
            _taken++;
            return Task.FromResult(Snapshot());
        },
        () => Interlocked.Increment(ref _pauses));

    private static LiveSnapshot Snapshot() => new([], [], []);

    private static async Task Until(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!condition())
        {
            await Task.Delay(10, deadline.Token);
        }
    }
}
