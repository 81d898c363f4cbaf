using System.Net;
using EdgeGate.Layer4.Udp;

namespace EdgeGate.Tests.Layer4;

public sealed class UdpAdmissionTests
{
    private readonly UdpAdmission _admission = new();

    [Fact]
    public void One_source_is_let_in_up_to_its_limit_and_another_has_its_own()
    {
        Assert.True(_admission.TryEnter(Source("10.0.0.1"), 2));
        Assert.True(_admission.TryEnter(Source("10.0.0.1"), 2));
        Assert.False(_admission.TryEnter(Source("10.0.0.1"), 2));
        Assert.True(_admission.TryEnter(Source("10.0.0.2"), 2));

        Assert.False(_admission.Leave(Source("10.0.0.1")));
        Assert.True(_admission.TryEnter(Source("10.0.0.1"), 2));
    }

    [Fact]
    public void A_source_without_flows_takes_no_place()
    {
        for (int i = 0; i < 1000; i++)
        {
            _admission.TryEnter(Source($"10.0.{i >> 8}.{i & 255}"), 1);
        }

        Assert.Equal(1000, _admission.Sources);
        for (int i = 0; i < 1000; i++)
        {
            _admission.Leave(Source($"10.0.{i >> 8}.{i & 255}"));
        }

        Assert.Equal(0, _admission.Sources);
    }

    [Fact]
    public void It_closes_with_the_last_flow_and_not_before()
    {
        _admission.TryEnter(Source("10.0.0.1"), 9);
        _admission.TryEnter(Source("10.0.0.2"), 9);

        Assert.False(_admission.TryClose());
        _admission.Drain();
        Assert.False(_admission.TryEnter(Source("10.0.0.3"), 9));
        Assert.False(_admission.TryClose());
        Assert.False(_admission.Leave(Source("10.0.0.1")));
        Assert.True(_admission.Leave(Source("10.0.0.2")));
        Assert.True(_admission.TryClose());
        Assert.False(_admission.TryResume());
    }

    [Fact]
    public void A_stop_is_taken_back_while_it_is_not_closed()
    {
        _admission.TryEnter(Source("10.0.0.1"), 9);
        _admission.Drain();

        Assert.True(_admission.TryResume());

        Assert.False(_admission.Leave(Source("10.0.0.1")));
        Assert.False(_admission.TryClose());
        Assert.True(_admission.TryEnter(Source("10.0.0.1"), 9));
    }

    [Fact]
    public async Task Many_threads_leave_nothing_behind()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                UdpSource source = Source($"10.0.0.{i % 3}");
                if (_admission.TryEnter(source, 2))
                {
                    _admission.Leave(source);
                }
            }
        })));

        _admission.Drain();
        Assert.Equal(0, _admission.Sources);
        Assert.True(_admission.TryClose());
    }

    [Theory]
    [InlineData("10.1.2.3", "10.1.9.9", 16, 64, true)]
    [InlineData("10.1.2.3", "10.2.2.3", 16, 64, false)]
    [InlineData("10.1.2.3", "10.1.2.3", 32, 64, true)]
    [InlineData("10.1.2.3", "10.1.2.4", 32, 64, false)]
    [InlineData("10.1.2.3", "192.0.2.1", 0, 64, true)]
    [InlineData("2001:db8::1", "2001:db8::ffff:1", 32, 64, true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", 32, 64, false)]
    [InlineData("2001:db8::1", "2001:db8::2", 32, 128, false)]
    [InlineData("::1", "0.0.0.1", 0, 0, false)]
    public void A_source_is_the_leading_bits(string one, string other, int v4, int v6, bool same)
    {
        var options = new UdpRelayOptions { SourcePrefixV4 = v4, SourcePrefixV6 = v6 };

        Assert.Equal(
            same, UdpSource.Of(IPAddress.Parse(one), options) == UdpSource.Of(IPAddress.Parse(other), options));
    }

    private static UdpSource Source(string address) => UdpSource.Of(IPAddress.Parse(address), new UdpRelayOptions());
}
