using System.Net;
using EdgeGate.Layer4.Udp;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Tests.Layer4;

public sealed class UdpFlowTableTests
{
    private readonly UdpFlowTable<string> _table = new();

    [Fact]
    public void Flows_are_found_by_their_path()
    {
        _table.Add(Path(1), Source("10.0.0.1"), "one");
        _table.Add(Path(2), Source("10.0.0.1"), "two");

        Assert.True(_table.TryFind(Path(1), out string? found));
        Assert.Equal("one", found);
        Assert.False(_table.TryFind(Path(3), out _));
        Assert.Equal(2, _table.Of(Source("10.0.0.1")));
        Assert.Equal(0, _table.Of(Source("10.0.0.2")));
    }

    [Fact]
    public void A_source_without_flows_takes_no_place()
    {
        for (int i = 0; i < 1000; i++)
        {
            _table.Add(Path(i), Source($"10.0.{i >> 8}.{i & 255}"), "flow");
        }

        Assert.Equal((1000, 1000), (_table.Count, _table.Sources));
        for (int i = 0; i < 1000; i++)
        {
            _table.Remove(Path(i), Source($"10.0.{i >> 8}.{i & 255}"), "flow");
        }

        Assert.Equal((0, 0), (_table.Count, _table.Sources));
    }

    [Fact]
    public void Removing_twice_or_after_another_took_the_path_changes_nothing()
    {
        string first = "first", second = "second";
        _table.Add(Path(1), Source("10.0.0.1"), first);
        _table.Remove(Path(1), Source("10.0.0.1"), first);
        _table.Add(Path(1), Source("10.0.0.1"), second);

        _table.Remove(Path(1), Source("10.0.0.1"), first);

        Assert.Equal((1, 1), (_table.Count, _table.Of(Source("10.0.0.1"))));
        _table.Remove(Path(1), Source("10.0.0.1"), second);
        Assert.Equal((0, 0), (_table.Count, _table.Sources));
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

    private static DatagramPath Path(int port)
    {
        byte[] name = new byte[SocketAddressBytes.MaxSize];
        int size = SocketAddressBytes.Write(new IPEndPoint(IPAddress.Loopback, port), name);
        return new DatagramPath(name.AsSpan(0, size), new byte[16]);
    }
}
