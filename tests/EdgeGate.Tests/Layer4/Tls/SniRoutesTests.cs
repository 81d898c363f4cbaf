using EdgeGate.Layer4.Tls;
using EdgeGate.Layer4.Upstreams;

namespace EdgeGate.Tests.Layer4.Tls;

public sealed class SniRoutesTests
{
    private static readonly string[] Routes =
    [
        "a.example.com", "a.example.com/h2", "*.example.com", "*.b.example.com", "*.b.example.com/h2",
        "x.b.example.com/http/1.1", "only.example.org/h2",
    ];

    [Theory]
    [InlineData("a.example.com", "", "a.example.com")]
    [InlineData("A.EXAMPLE.com", "", "a.example.com")]
    [InlineData("a.example.com", "h2,http/1.1", "a.example.com/h2")]
    [InlineData("a.example.com", "http/1.1", "a.example.com")]
    [InlineData("a.example.com", "H2", "a.example.com")]
    [InlineData("c.example.com", "", "*.example.com")]
    [InlineData("d.c.example.com", "h2", "*.example.com")]
    [InlineData("b.example.com", "", "*.example.com")]
    [InlineData("c.b.example.com", "", "*.b.example.com")]
    [InlineData("e.d.c.b.example.com", "http/1.1,h2", "*.b.example.com/h2")]
    [InlineData("x.b.example.com", "h2,http/1.1", "x.b.example.com/http/1.1")]
    [InlineData("x.b.example.com", "h2", "*.b.example.com/h2")]
    [InlineData("only.example.org", "h2", "only.example.org/h2")]
    [InlineData("only.example.org", "", null)]
    [InlineData("example.com", "", null)]
    [InlineData(".example.com", "", null)]
    [InlineData("aexample.com", "", null)]
    [InlineData("a.example.com.", "", null)]
    [InlineData("192.0.2.1", "h2", null)]
    [InlineData(null, "h2", null)]
    public void The_nearest_route_is_taken(string? name, string protocols, string? route)
    {
        var routes = new SniRoutes(Routes.Select(r => KeyValuePair.Create(r, new UpstreamCluster(r))));
        byte[] wire = Hello.Of(name, protocols.Split(',', StringSplitOptions.RemoveEmptyEntries));
        ClientHello.Read(wire, new byte[ClientHello.MaxMessageBytes], out ClientHello hello);

        Assert.Equal(route, routes.Find(hello)?.Name);
    }

    [Fact]
    public void Finding_a_route_allocates_nothing()
    {
        var routes = new SniRoutes(Routes.Select(r => KeyValuePair.Create(r, new UpstreamCluster(r))));
        byte[] wire = Hello.Record(Hello.Message(Hello.Extensions("e.d.c.b.example.com", "http/1.1", "h2")), each: 40);
        byte[] scratch = new byte[ClientHello.MaxMessageBytes];
        Action find = () =>
        {
            ClientHello.Read(wire, scratch, out ClientHello hello);
            Assert.True(routes.Find(hello) is not null);
        };

        Assert.Equal(0, Allocations.Of(find));
    }
}
