using EdgeGate.Configuration;

namespace EdgeGate.Tests.Configuration;

public sealed class NearestTests
{
    [Theory]
    [InlineData("Backlg", "Backlog")]
    [InlineData("backlog", "Backlog")]
    [InlineData("MaxConections", "MaxConnections")]
    [InlineData("Bnid", "Bind")]
    [InlineData("Listen", null)]
    [InlineData("", null)]
    public void A_slip_is_near_and_another_word_is_not(string word, string? nearest) =>
        Assert.Equal(nearest, Nearest.To(word, ["Bind", "Backlog", "MaxConnections", "MaxConnectionsPerSource"]));
}
