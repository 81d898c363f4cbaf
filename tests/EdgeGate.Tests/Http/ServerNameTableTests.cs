using EdgeGate.Http.Tls;

namespace EdgeGate.Tests.Http;

public sealed class ServerNameTableTests
{
    private static readonly ServerNameTable<string> Table = new(
    [
        (["first.test"], "first"),
        (["*.wild.test", "shared.test"], "wildcard"),
        (["a.wild.test", "shared.test"], "exact"),
    ]);

    [Theory]
    [InlineData("first.test", "first")]
    [InlineData("FIRST.test.", "first")]
    [InlineData("a.wild.test", "exact")]
    [InlineData("b.wild.test", "wildcard")]
    [InlineData("shared.test", "wildcard")]
    [InlineData("c.b.wild.test", "first")]
    [InlineData("wild.test", "first")]
    [InlineData(".wild.test", "first")]
    [InlineData("", "first")]
    [InlineData(null, "first")]
    public void Exact_comes_before_wildcard_and_the_first_serves_the_rest(string? name, string expected) =>
        Assert.Equal(expected, Table.Find(name));
}
