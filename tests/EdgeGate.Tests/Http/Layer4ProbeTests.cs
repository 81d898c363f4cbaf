using System.Text;
using EdgeGate.Http.Health;

namespace EdgeGate.Tests.Http;

public sealed class Layer4ProbeTests
{
    [Theory]
    [InlineData(@"PING\r\n", "50494e470d0a")]
    [InlineData(@"\x00\xfF\0\t\\x", "00ff00095c78")]
    [InlineData("é", "c3a9")]
    [InlineData("", "")]
    public void Escapes_stand_for_bytes(string text, string hex)
    {
        Assert.True(Layer4Probe.TryRead(text, out byte[]? bytes, out _));
        Assert.Equal(hex, Convert.ToHexStringLower(bytes));
    }

    [Theory]
    [InlineData(@"a\qb", @"\q")]
    [InlineData(@"a\", @"\")]
    [InlineData(@"\x1", @"\x1")]
    [InlineData(@"\xg0", @"\xg0")]
    [InlineData(@"\x 1", @"\x 1")]
    public void Others_mean_nothing(string text, string wrong)
    {
        Assert.False(Layer4Probe.TryRead(text, out _, out string? found));
        Assert.Equal(wrong, found);
    }

    [Fact]
    public void A_destinations_own_words_come_before_its_clusters()
    {
        var cluster = new Dictionary<string, string> { [Layer4Probe.SendKey] = "c", [Layer4Probe.ExpectKey] = "C" };
        var destination = new Dictionary<string, string> { [Layer4Probe.SendKey] = "d" };

        Layer4Probe probe = Layer4Probe.Of(cluster, destination);

        Assert.Equal("dC", Encoding.UTF8.GetString([.. probe.Send.ToArray(), .. probe.Expect.ToArray()]));
        Assert.True(Layer4Probe.Of(null, null).Expect.IsEmpty);
    }
}
