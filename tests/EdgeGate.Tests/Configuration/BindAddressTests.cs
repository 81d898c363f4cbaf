using EdgeGate.Configuration;

namespace EdgeGate.Tests.Configuration;

public sealed class BindAddressTests
{
    [Theory]
    [InlineData("0.0.0.0:8080", "0.0.0.0:8080")]
    [InlineData("[::]:8443", "[::]:8443")]
    [InlineData("127.0.0.1:0", "127.0.0.1:0")]
    [InlineData("*:80", "[::]:80")]
    [InlineData("localhost:80", "[::1]:80 127.0.0.1:80")]
    [InlineData("[fe80::1%3]:80", "[fe80::1%3]:80")]
    public void A_bind_is_one_or_more_end_points(string text, string endPoints)
    {
        Assert.True(BindAddress.TryParse(text, out var address, out var error), error);
        Assert.Equal(endPoints, string.Join(' ', address.EndPoints));
        Assert.Equal(text, address.ToString());
    }

    [Theory]
    [InlineData("systemd:web", nameof(BindKind.Systemd), "web")]
    [InlineData("unix:/run/e.sock", nameof(BindKind.Unix), "/run/e.sock")]
    public void A_bind_may_be_a_name(string text, string kind, string name)
    {
        Assert.True(BindAddress.TryParse(text, out var address, out _));
        Assert.Equal((kind, name), (address.Kind.ToString(), address.Name));
    }

    [Theory]
    [InlineData("", "no port")]
    [InlineData("8080", "no port")]
    [InlineData(":8080", "not an address")]
    [InlineData("1:8080", "not an address")]
    [InlineData("0.0.0.0:65536", "0 to 65535")]
    [InlineData("0.0.0.0:-1", "0 to 65535")]
    [InlineData("::1:8080", "brackets")]
    [InlineData("[::1]", "brackets")]
    [InlineData("http://0.0.0.0:80", "URL")]
    [InlineData("example.com:80", "not an address")]
    [InlineData("localhost:0", "127.0.0.1:0")]
    [InlineData("systemd:", "socket unit")]
    [InlineData("systemd:a:b", "socket unit")]
    [InlineData("unix:run/e.sock", "absolute")]
    public void A_wrong_bind_says_what_to_write(string text, string message)
    {
        Assert.False(BindAddress.TryParse(text, out _, out var error));
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.0.0.0:80", "127.0.0.1:80", true)]
    [InlineData("*:80", "127.0.0.1:80", true)]
    [InlineData("localhost:80", "127.0.0.1:80", true)]
    [InlineData("[::1]:80", "127.0.0.1:80", false)]
    [InlineData("0.0.0.0:80", "0.0.0.0:81", false)]
    [InlineData("127.0.0.1:0", "127.0.0.1:0", false)]
    [InlineData("systemd:a", "systemd:a", true)]
    [InlineData("systemd:a", "systemd:b", false)]
    public void Overlapping_binds_are_known_before_the_kernel_refuses_them(string one, string two, bool overlap)
    {
        Assert.True(BindAddress.TryParse(one, out var first, out _));
        Assert.True(BindAddress.TryParse(two, out var second, out _));
        Assert.Equal(overlap, first.Overlaps(second));
        Assert.Equal(overlap, second.Overlaps(first));
    }
}
