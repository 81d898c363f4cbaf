using System.Net;
using EdgeGate.Http.Policies;
using EdgeGate.Http.Policies.RateLimits;
using Microsoft.AspNetCore.Http;

namespace EdgeGate.Tests.Http;

public sealed class SourceLimitersTests
{
    private static readonly RateLimitPolicy Two = new()
    {
        Kind = RateLimitKind.FixedWindow,
        Permits = 2,
        Window = TimeSpan.FromHours(1),
    };

    [Fact]
    public async Task Each_network_has_its_own_permits()
    {
        await using var limiters = new SourceLimiters(Two with { PrefixV4 = 24 });

        Assert.Equal([true, true, false], [Asks(limiters, "10.0.0.1"), Asks(limiters, "10.0.0.2"), Asks(limiters, "::ffff:10.0.0.3")]);
        Assert.True(Asks(limiters, "10.0.1.1"));
        Assert.Equal([true, true, false], [Asks(limiters, "2001:db8::1"), Asks(limiters, "2001:db8::2"), Asks(limiters, "2001:db8::3")]);
        Assert.True(Asks(limiters, "2001:db8:0:1::1"));
        Assert.True(Asks(limiters, null));
    }

    [Fact]
    public async Task By_a_header_its_value_shares_and_whoever_sends_none_is_known_by_the_address()
    {
        await using var limiters = new SourceLimiters(Two with { By = RateLimitScope.Header, Header = "X-Key" });

        Assert.Equal([true, true, false], [Asks(limiters, "10.0.0.1", "a"), Asks(limiters, "10.0.0.2", "a"), Asks(limiters, "10.0.0.3", "a")]);
        Assert.True(Asks(limiters, "10.0.0.3", "b"));
        Assert.Equal([true, true, false], [Asks(limiters, "10.0.0.3"), Asks(limiters, "10.0.0.3"), Asks(limiters, "10.0.0.3")]);
    }

    [Fact]
    public async Task A_flood_of_sources_fills_no_memory_and_those_that_were_known_keep_their_own()
    {
        const int Max = 100;
        await using var limiters = new SourceLimiters(Two, Max);
        Assert.True(Asks(limiters, "192.0.2.1"));

        int admitted = Enumerable.Range(0, 20_000).Count(i => Asks(limiters, $"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}"));

        Assert.InRange(limiters.Count, Max, Max + 1024);
        Assert.InRange(admitted, Max - 1, (Max - 1) + (2 * 1024)); // two for each limiter there is
        Assert.Equal([true, false], [Asks(limiters, "192.0.2.1"), Asks(limiters, "192.0.2.1")]);
    }

    [Fact]
    public async Task What_goes_away_makes_room()
    {
        var limiters = new SourceLimiters(Two, 10);
        for (int i = 0; i < 10; i++)
        {
            Assert.True(Asks(limiters, $"10.0.0.{i}"));
        }

        Assert.Equal(10, limiters.Count);
        await limiters.DisposeAsync();
        Assert.Equal(0, limiters.Count);
    }

    [Theory]
    [InlineData(RateLimitKind.SlidingWindow)]
    [InlineData(RateLimitKind.TokenBucket)]
    [InlineData(RateLimitKind.Concurrency)]
    public async Task Every_kind_stops_at_its_permits(RateLimitKind kind)
    {
        await using var limiters = new SourceLimiters(Two with { Kind = kind });

        Assert.Equal([true, true, false], [Asks(limiters, "10.0.0.1"), Asks(limiters, "10.0.0.1"), Asks(limiters, "10.0.0.1")]);
    }

    // The leases are kept: a permit of Concurrency comes back with its lease.
    private static bool Asks(SourceLimiters limiters, string? address, string? key = null)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);
        if (key is not null)
        {
            context.Request.Headers["X-Key"] = key;
        }

        return limiters.AttemptAcquire(context).IsAcquired;
    }
}
