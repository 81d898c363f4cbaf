using System.Net;
using EdgeGate.Transport;
using EdgeGate.Transport.Admission;

namespace EdgeGate.Tests.Transport.Admission;

public sealed class SourceGateTests
{
    private readonly AdmissionGate _gate = new(long.MaxValue, long.MaxValue);
    private readonly ListenerQuota _quota = new(long.MaxValue);
    private readonly ManualTime _time = new();

    private sealed class ManualTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        internal void Pass(TimeSpan time) => _ticks += time.Ticks;
    }

    [Fact]
    public void One_source_has_its_limit_and_another_its_own()
    {
        SourceGate sources = Gate(new SourceRules { MaxConnections = 2 });
        AdmissionLease first = Enter(sources, "10.0.0.1");
        Enter(sources, "10.0.0.1");

        Assert.Equal(RejectReason.Source, Try(sources, "10.0.0.1", out _));
        Enter(sources, "10.0.0.2");
        first.Dispose();
        first.Dispose(); // the second time it gives nothing back
        Enter(sources, "10.0.0.1");
        Assert.Equal(RejectReason.Source, Try(sources, "10.0.0.1", out _));
    }

    [Fact]
    public void A_source_without_connections_is_forgotten_where_no_rate_counts()
    {
        SourceGate sources = Gate(new SourceRules { MaxConnections = 1 });
        AdmissionLease[] leases = [.. Enumerable.Range(0, 1000).Select(i => Enter(sources, $"10.0.{i >> 8}.{i & 255}"))];

        Assert.Equal(1000, sources.Count);
        Array.ForEach(leases, lease => lease.Dispose());
        Assert.Equal(0, sources.Count);
    }

    [Fact]
    public void A_rate_allows_a_second_s_worth_at_once_and_comes_back_with_time()
    {
        SourceGate sources = Gate(new SourceRules { ConnectionsPerSecond = 10 });
        Assert.Equal(10, Admitted(sources, "10.0.0.1", 1000));
        Assert.Equal(RejectReason.Rate, Try(sources, "10.0.0.1", out _));
        Assert.Equal(10, Admitted(sources, "10.0.0.2", 1000));

        _time.Pass(TimeSpan.FromMilliseconds(300));
        Assert.Equal(3, Admitted(sources, "10.0.0.1", 1000));
        _time.Pass(TimeSpan.FromHours(1));
        Assert.Equal(10, Admitted(sources, "10.0.0.1", 1000));
    }

    [Fact]
    public void A_million_sources_stay_within_the_bound()
    {
        SourceGate sources = Gate(new SourceRules { ConnectionsPerSecond = 1 });
        int most = 0;
        for (uint i = 0; i < 1_000_000; i++)
        {
            Assert.Null(Try(sources, new IPAddress(i), out AdmissionLease lease));
            lease.Dispose();
            most = i % 10_000 == 0 ? Math.Max(most, sources.Count) : most;
        }

        Assert.InRange(most, 10_000, SourceGate.MaxSilent);
    }

    [Theory]
    [InlineData("192.0.2.1", null)]
    [InlineData("10.1.2.3", RejectReason.Denied)]
    [InlineData("10.1.2.4", null)]
    [InlineData("::ffff:10.1.2.3", RejectReason.Denied)]
    [InlineData("11.0.0.1", RejectReason.Denied)]
    [InlineData("2001:db8:0:ffff::1", null)]
    [InlineData("2001:db9::1", RejectReason.Denied)]
    public void Deny_is_asked_before_allow(string source, RejectReason? expected)
    {
        SourceGate sources = Gate(new SourceRules
        {
            Allow = Networks("10.0.0.0/8", "192.0.2.0/24", "2001:db8::/32"),
            Deny = Networks("10.1.2.3/32"),
        });

        Assert.Equal(expected, Try(sources, source, out _));
    }

    [Fact]
    public void Who_has_no_address_is_let_in()
    {
        SourceGate sources = Gate(new SourceRules { Allow = Networks("10.0.0.0/8"), MaxConnections = 1 });

        Assert.Null(sources.Admit(null, Lease()));
        Assert.Null(sources.Admit(null, Lease()));
    }

    [Fact]
    public void Rules_change_and_those_who_are_in_stay_counted()
    {
        SourceGate sources = Gate(new SourceRules { MaxConnections = 5 });
        Enter(sources, "10.0.0.1");
        AdmissionLease second = Enter(sources, "10.0.0.1");

        sources.Rules = new SourceRules { MaxConnections = 2 };

        Assert.Equal(RejectReason.Source, Try(sources, "10.0.0.1", out _));
        second.Dispose();
        Enter(sources, "10.0.0.1");
    }

    [Theory]
    [InlineData("10.1.2.3", "10.1.9.9", 16, 64, true)]
    [InlineData("10.1.2.3", "10.2.2.3", 16, 64, false)]
    [InlineData("10.1.2.3", "::ffff:10.1.2.3", 32, 64, true)]
    [InlineData("10.1.2.3", "10.1.2.4", 32, 64, false)]
    [InlineData("10.1.2.3", "192.0.2.1", 0, 64, true)]
    [InlineData("2001:db8::1", "2001:db8::ffff:1", 32, 64, true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", 32, 64, false)]
    [InlineData("2001:db8::1", "2001:db8::2", 32, 128, false)]
    [InlineData("::1", "0.0.0.1", 0, 0, false)]
    public void A_source_is_the_leading_bits(string one, string other, int v4, int v6, bool same) => Assert.Equal(
        same, SourcePrefix.Of(IPAddress.Parse(one), v4, v6) == SourcePrefix.Of(IPAddress.Parse(other), v4, v6));

    [Fact]
    public async Task Many_threads_leave_nothing_behind()
    {
        SourceGate sources = Gate(new SourceRules { MaxConnections = 2 });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                Try(sources, $"10.0.0.{i % 3}", out AdmissionLease lease);
                lease.Dispose();
            }
        })));

        Assert.Equal(0, sources.Count);
    }

    private static NetworkSet Networks(params string[] networks) => new(networks.Select(text => IPNetwork.Parse(text)));

    private SourceGate Gate(SourceRules rules) => new(rules, _time);

    private AdmissionLease Lease() => _gate.TryAcquire(_quota, 2)!;

    private RejectReason? Try(SourceGate sources, string source, out AdmissionLease lease) =>
        Try(sources, IPAddress.Parse(source), out lease);

    private RejectReason? Try(SourceGate sources, IPAddress source, out AdmissionLease lease)
    {
        lease = Lease();
        return sources.Admit(source, lease);
    }

    private AdmissionLease Enter(SourceGate sources, string source)
    {
        Assert.Null(Try(sources, source, out AdmissionLease lease));
        return lease;
    }

    private int Admitted(SourceGate sources, string source, int tries) =>
        Enumerable.Range(0, tries).Count(_ => Try(sources, source, out AdmissionLease _) is null);
}
