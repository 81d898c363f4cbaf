using System.Net;
using System.Text;

namespace EdgeGate.Tests;

public sealed class Utf8TextTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(10, "0.000001")]
    [InlineData(15_000_017, "1.500002")]
    [InlineData(9_999_999, "1")]
    [InlineData(-1, "0")]
    [InlineData(1_000_000, "0.1")]
    [InlineData(360_000_000_000, "36000")]
    public void Seconds_have_microseconds_and_no_zeros_at_the_end(long ticks, string expected)
    {
        Span<byte> text = stackalloc byte[Utf8Text.SecondsBytes];

        Assert.Equal(expected, Encoding.ASCII.GetString(text[..Utf8Text.WriteSeconds(TimeSpan.FromTicks(ticks), text)]));
    }

    [Fact]
    public void The_longest_seconds_fit()
    {
        Span<byte> text = stackalloc byte[Utf8Text.SecondsBytes];

        Assert.StartsWith("922337203685.4775", Encoding.ASCII.GetString(text[..Utf8Text.WriteSeconds(TimeSpan.MaxValue - TimeSpan.FromTicks(5), text)]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.1", 80, "10.0.0.1:80")]
    [InlineData("2001:db8::1", 443, "[2001:db8::1]:443")]
    [InlineData("fe80:1234:5678:9abc:def0:1234:5678:9abc%4294967295", 65535, "[fe80:1234:5678:9abc:def0:1234:5678:9abc%4294967295]:65535")]
    [InlineData("::ffff:255.255.255.255", 1, "[::ffff:255.255.255.255]:1")]
    public void An_end_point_is_an_address_and_a_port(string address, int port, string expected)
    {
        Span<byte> text = stackalloc byte[Utf8Text.EndPointBytes];

        Assert.Equal(expected, Encoding.ASCII.GetString(text[..Utf8Text.WriteEndPoint(IPAddress.Parse(address), port, text)]));
    }
}
