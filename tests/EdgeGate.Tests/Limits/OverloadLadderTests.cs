using EdgeGate.Configuration;
using EdgeGate.Limits.Overload;

namespace EdgeGate.Tests.Limits;

public sealed class OverloadLadderTests
{
    private static readonly OverloadConfig Usual = new();

    [Theory]
    [InlineData(0, nameof(OverloadLevel.None))]
    [InlineData(0.79, nameof(OverloadLevel.None))]
    [InlineData(0.8, nameof(OverloadLevel.Warn))]
    [InlineData(0.9, nameof(OverloadLevel.CloseIdle))]
    [InlineData(1, nameof(OverloadLevel.StopAccepting))]
    [InlineData(1.1, nameof(OverloadLevel.Reject))]
    [InlineData(1.2, nameof(OverloadLevel.Reset))]
    [InlineData(50, nameof(OverloadLevel.Reset))]
    public void A_rung_is_reached_at_its_threshold(double pressure, string expected) =>
        Assert.Equal(expected, Next(OverloadLevel.None, pressure).ToString());

    [Theory]
    [InlineData(0.76, nameof(OverloadLevel.Warn))] // less than 5 % below 80 %
    [InlineData(0.74, nameof(OverloadLevel.None))]
    [InlineData(0.86, nameof(OverloadLevel.CloseIdle))]
    [InlineData(0.84, nameof(OverloadLevel.Warn))]
    [InlineData(0.96, nameof(OverloadLevel.StopAccepting))]
    [InlineData(0.94, nameof(OverloadLevel.CloseIdle))] // 90 % is not left yet
    [InlineData(1.14, nameof(OverloadLevel.Reject))]
    public void A_rung_is_left_only_well_below_its_threshold(double pressure, string expected) =>
        Assert.Equal(expected, Next(OverloadLevel.Reset, pressure).ToString());

    [Fact]
    public void What_swings_about_a_threshold_changes_nothing()
    {
        OverloadLevel level = OverloadLevel.None;
        var seen = new List<OverloadLevel>();
        for (int i = 0; i < 20; i++)
        {
            level = Next(level, i % 2 == 0 ? 0.91 : 0.87);
            seen.Add(level);
        }

        Assert.All(seen, rung => Assert.Equal(OverloadLevel.CloseIdle, rung));
    }

    [Fact]
    public void What_cannot_help_is_not_done() =>
        Assert.Equal(
            OverloadLevel.Warn, OverloadLadder.Next(OverloadLevel.None, 3, Usual, highest: OverloadLevel.Warn));

    [Fact]
    public void A_rung_that_is_off_is_left_out()
    {
        OverloadConfig noWaiting = Usual with { StopAccepting = double.PositiveInfinity, Reset = double.PositiveInfinity };

        Assert.Equal(OverloadLevel.CloseIdle, Next(OverloadLevel.None, 1.05, noWaiting));
        Assert.Equal(OverloadLevel.Reject, Next(OverloadLevel.None, 9, noWaiting));
    }

    [Theory]
    [InlineData(1.0, 150)] // of 1000 at 100 %, 850 are left at 85 %
    [InlineData(0.9, 56)] // 1000 × (0.90 − 0.85) / 0.90, rounded up
    [InlineData(0.85, 0)]
    public void As_many_go_as_bring_it_below_the_rung(double pressure, int expected) =>
        Assert.InRange(
            OverloadLadder.Excess(pressure, OverloadLevel.CloseIdle, Usual, connections: 1000), expected, expected + 1);

    private static OverloadLevel Next(OverloadLevel now, double pressure, OverloadConfig? thresholds = null) =>
        OverloadLadder.Next(now, pressure, thresholds ?? Usual, OverloadLevel.Reset);
}
