using EdgeGate.Benchmarks.Comparison.Load;
using EdgeGate.Benchmarks.Comparison.Upstream;

namespace EdgeGate.Benchmarks.Comparison.Peers;

/// <summary>All proxies by the names that the command line knows them by.</summary>
internal static class PeerCatalog
{
    internal const string Native = "edgegate-native";

    /// <summary>The names, in the order of the report; what others are compared with comes first.</summary>
    internal static IReadOnlyList<string> Names { get; } =
    [
        "edgegate", Native, "kestrel", "kestrel-inline", "nginx", "haproxy",
        "edgegate-copying", "edgegate-sockets", "haproxy-splicing",
    ];

    /// <summary>Makes one; null if this machine lacks what it needs.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="options">Where the daemon is.</param>
    /// <param name="ports">The upstream's.</param>
    /// <param name="certificate">What it shows on https.</param>
    /// <param name="missing">What it lacks.</param>
    internal static Peer? Create(
        string name, ComparisonOptions options, UpstreamPorts ports, ServerCertificate certificate, out string? missing)
    {
        missing = null;
        switch (name)
        {
            case "edgegate":
                return new EdgeGatePeer("EdgeGate", options.EdgeGate, ports, certificate);
            case Native:
                return (options.NativeBuild ?? NativeBuild.Publish(out missing)) is { } program
                    ? new EdgeGatePeer("EdgeGate, native", program, ports, certificate)
                    : null;
            case "edgegate-copying":
                return new EdgeGatePeer("EdgeGate, copying", options.EdgeGate, ports, certificate, Variant.Relay);
            case "edgegate-sockets":
                return new EdgeGatePeer("EdgeGate, SocketsHttpHandler", options.EdgeGate, ports, certificate, Variant.Http);
            case "kestrel":
                return new StockPeer(inline: false, ports, certificate);
            case "kestrel-inline":
                return new StockPeer(inline: true, ports, certificate);
            case "nginx":
                return Installed(Tool.Nginx, program => new NginxPeer(program, ports, certificate), out missing);
            case "haproxy":
                return Installed(Tool.Haproxy, program => new HaproxyPeer(program, ports, certificate, splice: false), out missing);
            case "haproxy-splicing":
                return Installed(Tool.Haproxy, program => new HaproxyPeer(program, ports, certificate, splice: true), out missing);
            default:
                throw new ArgumentException($"no proxy is called {name}", nameof(name));
        }
    }

    private static Peer? Installed(Tool tool, Func<string, Peer> create, out string? missing)
    {
        missing = tool.Path is null ? $"the package {tool.Package} is not installed" : null;
        return tool.Path is { } path ? create(path) : null;
    }
}
