using System.Diagnostics;
using EdgeGate.Benchmarks.Comparison.Upstream;

namespace EdgeGate.Benchmarks.Comparison.Peers;

/// <summary>The daemon as it is shipped.</summary>
/// <param name="program">Its assembly, or an executable.</param>
/// <param name="upstream">What it proxies to.</param>
/// <param name="splice">Whether relays may splice, as they do by default.</param>
/// <param name="ownClient">Whether HTTP upstreams are reached by the gateway's own client.</param>
internal sealed class EdgeGatePeer(string program, UpstreamPorts upstream, bool splice = true, bool ownClient = true)
    : Peer(NameOf(splice, ownClient), upstream, relays: true, relaysDatagrams: true)
{
    internal const string PeerName = "EdgeGate";

    private readonly int _adminPort = Ports.Free(1)[0];

    internal override Variant Variant => !splice ? Variant.Relay : !ownClient ? Variant.Http : Variant.None;

    internal override bool IsCompiledWhileRunning => program.EndsWith(".dll", StringComparison.Ordinal);

    protected override ProcessStartInfo Prepare(string folder)
    {
        string config = Write(folder, "edgegate.json", Configuration());
        return IsCompiledWhileRunning
            ? ChildProcess.Dotnet(program, "run", "--config", config)
            : new ProcessStartInfo(program, ["run", "--config", config]);
    }

    private static string NameOf(bool splice, bool ownClient) =>
        !splice ? $"{PeerName}, copying" : !ownClient ? $"{PeerName}, SocketsHttpHandler" : PeerName;

    private string Configuration() => $$"""
        {
          "EdgeGate": {
            "Listeners": {
              "web":    { "Bind": "127.0.0.1:{{HttpPort}}", "Protocol": "http" },
              "echo":   { "Bind": "127.0.0.1:{{EchoPort}}", "Protocol": "tcp", "Cluster": "echo" },
              "source": { "Bind": "127.0.0.1:{{SourcePort}}", "Protocol": "tcp", "Cluster": "source" },
              "datagrams": { "Bind": "127.0.0.1:{{DatagramPort}}", "Protocol": "udp", "Cluster": "datagrams" },
              "counter":   { "Bind": "127.0.0.1:{{CounterPort}}", "Protocol": "udp", "Cluster": "counter" }
            },
            "Transport": { "Splice": "{{(splice ? "on" : "off")}}", "HttpClient": "{{(ownClient ? "own" : "sockets")}}" },
            "Admin": { "Bind": "127.0.0.1:{{_adminPort}}" }
          },
          "ReverseProxy": {
            "Routes": { "all": { "ClusterId": "http", "Match": { "Path": "{**path}" } } },
            "Clusters": {
              "http":   { "Destinations": { "one": { "Address": "http://127.0.0.1:{{Upstream.Http}}/" } } },
              "echo":   { "Destinations": { "one": { "Address": "tcp://127.0.0.1:{{Upstream.Echo}}" } } },
              "source": { "Destinations": { "one": { "Address": "tcp://127.0.0.1:{{Upstream.Source}}" } } },
              "datagrams": { "Destinations": { "one": { "Address": "udp://127.0.0.1:{{Upstream.Datagrams}}" } } },
              "counter":   { "Destinations": { "one": { "Address": "udp://127.0.0.1:{{Upstream.Counter}}" } } }
            }
          }
        }
        """;
}
