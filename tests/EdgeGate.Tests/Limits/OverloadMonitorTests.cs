using EdgeGate.Configuration;
using EdgeGate.Limits.Live;
using EdgeGate.Limits.Overload;
using EdgeGate.Tests.Transport;
using EdgeGate.Transport.Admission;
using Microsoft.Extensions.Time.Testing;

namespace EdgeGate.Tests.Limits;

public sealed class OverloadMonitorTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingLogger<OverloadMonitor> _log = new();
    private readonly Hands _hands = new();
    private readonly Gauge _memory = new("memory");
    private readonly Gauge _other = new("tcp-memory");
    private readonly OverloadMonitor _monitor;

    public OverloadMonitorTests() =>
        _monitor = new OverloadMonitor([_memory, _other], _hands, () => new OverloadConfig(), _time, _log);

    public void Dispose() => _monitor.Dispose();

    private sealed class Gauge(string resource) : IResourceMeter
    {
        public double Pressure { get; set; }

        public IEnumerable<ResourceUse> Measure() => [new(resource, Pressure * 1000, 1000, OverloadLevel.Reset)];
    }

    private sealed class Hands : IOverloadActions
    {
        private volatile AdmissionMode _mode; // set on the monitor's own thread

        public long Connections => 1000;

        public AdmissionMode Mode => _mode;

        public List<int> Closed { get; } = [];

        public List<int> Reset { get; } = [];

        public void Admit(AdmissionMode mode) => _mode = mode;

        public int Trims { get; private set; }

        public Task TrimMemoryAsync()
        {
            Trims++;
            return Task.CompletedTask;
        }

        public Task<int> CloseIdleAsync(int most)
        {
            Closed.Add(most);
            return Task.FromResult(most / 2); // not all are idle
        }

        public Task<int> ResetLargestAsync(int most)
        {
            Reset.Add(most);
            return Task.FromResult(most);
        }
    }

    [Fact]
    public async Task Each_rung_does_its_own_and_what_those_below_it_do()
    {
        await AtAsync(0.82);
        Assert.Equal((OverloadLevel.Warn, AdmissionMode.Open), (_monitor.Level, _hands.Mode));
        Assert.Empty(_hands.Closed);

        await AtAsync(0.95);
        Assert.Equal((OverloadLevel.CloseIdle, AdmissionMode.Open), (_monitor.Level, _hands.Mode));
        Assert.Equal([106], _hands.Closed); // 1000 × (0.95 − 0.85) / 0.95, rounded up

        await AtAsync(1.02);
        Assert.Equal((OverloadLevel.StopAccepting, AdmissionMode.Hold), (_monitor.Level, _hands.Mode));

        await AtAsync(1.15);
        Assert.Equal((OverloadLevel.Reject, AdmissionMode.Reject), (_monitor.Level, _hands.Mode));
        Assert.Empty(_hands.Reset);

        await AtAsync(1.5);
        Assert.Equal(OverloadLevel.Reset, _monitor.Level);
        Assert.Equal([11], _hands.Reset); // one in a hundred, and one

        await AtAsync(0.5);
        Assert.Equal((OverloadLevel.None, AdmissionMode.Open), (_monitor.Level, _hands.Mode));
    }

    [Fact]
    public async Task Actions_are_counted()
    {
        foreach (double pressure in (double[])[0.5, 0.85, 1.05, 1.15, 1.3, 0.2, 1.05, 0.2])
        {
            await AtAsync(pressure);
        }

        Assert.Equal(2, _monitor.Taken(OverloadLevel.Warn));
        Assert.Equal(2, _monitor.Taken(OverloadLevel.StopAccepting));
        Assert.Equal(1, _monitor.Taken(OverloadLevel.Reject));
        Assert.Equal(_hands.Reset.Sum(), _monitor.Taken(OverloadLevel.Reset));
        Assert.Equal(_hands.Closed.Sum(n => n / 2), _monitor.Taken(OverloadLevel.CloseIdle));
    }

    [Fact]
    public async Task The_fullest_resource_decides()
    {
        _other.Pressure = 1.12;
        await AtAsync(0.3);

        Assert.Equal(AdmissionMode.Reject, _hands.Mode);
        Assert.Equal(
            [OverloadLevel.None, OverloadLevel.Reject], _monitor.States.Select(state => state.Level));
    }

    [Fact]
    public async Task Memory_is_trimmed_when_it_is_short_and_not_all_the_time()
    {
        _other.Pressure = 1.5;
        await AtAsync(0.85);
        Assert.Equal(0, _hands.Trims); // another resource has nothing to do with it

        for (int i = 0; i < 15; i++)
        {
            await AtAsync(0.95);
        }

        Assert.Equal(2, _hands.Trims); // at 0 and 10 s
    }

    [Fact]
    public async Task Rounds_of_closing_are_a_second_apart()
    {
        for (int i = 0; i < 5; i++)
        {
            _memory.Pressure = 0.95;
            await _monitor.RoundAsync();
            _time.Advance(OverloadMonitor.Interval);
        }

        Assert.Equal(3, _hands.Closed.Count); // at 0, 1 and 2 s
    }

    [Fact]
    public async Task A_resource_is_told_of_at_most_once_a_second_and_then_as_it_stands()
    {
        foreach (double pressure in (double[])[0.85, 0.1, 0.85, 0.1, 0.85, 0.1])
        {
            _memory.Pressure = pressure;
            await _monitor.RoundAsync();
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Contains("memory is at 85", Assert.Single(_log.Lines), StringComparison.Ordinal);

        _time.Advance(TimeSpan.FromSeconds(1));
        await _monitor.RoundAsync();
        Assert.Equal(2, _log.Lines.Count);
        Assert.Contains("memory is back to 10", _log.Lines.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_monitor_that_ends_lets_newcomers_in_again()
    {
        _memory.Pressure = 1.15;
        _monitor.Start();
        await TransportHarness.UntilAsync(() => _hands.Mode == AdmissionMode.Reject);

        _monitor.Dispose();
        Assert.Equal(AdmissionMode.Open, _hands.Mode);
    }

    private async Task AtAsync(double pressure)
    {
        _memory.Pressure = pressure;
        await _monitor.RoundAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
    }
}
