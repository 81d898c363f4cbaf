using System.Diagnostics;
using EdgeGate.Benchmarks.Comparison;
using EdgeGate.Benchmarks.Comparison.Peers;
using EdgeGate.Benchmarks.Comparison.Upstream;

namespace EdgeGate.Benchmarks.Observation;

/// <summary>The daemon, seen to some extent.</summary>
internal sealed class ObservedPeer(string program, UpstreamPorts upstream, Observed extent)
    : Peer(extent.ToString(), upstream, relays: true, relaysDatagrams: true)
{
    private const string Tracing = """
        "Tracing": { "SampleRatio": 0.01, "Otlp": { "Endpoint": "http://127.0.0.1:9", "Protocol": "HttpProtobuf" } },
        """;

    private readonly int _adminPort = Ports.Free(1)[0];

    /// <summary>Whether somebody reads its admin address.</summary>
    internal bool IsRead => extent != Observed.Not;

    internal override bool IsCompiledWhileRunning => program.EndsWith(".dll", StringComparison.Ordinal);

    /// <summary>A page of its admin address.</summary>
    internal Uri Page(string path) => new($"http://127.0.0.1:{_adminPort}{path}");

    protected override ProcessStartInfo Prepare(string folder)
    {
        string config = Write(folder, "edgegate.json", Configuration(Path.Combine(folder, "access.log")));
        return IsCompiledWhileRunning
            ? ChildProcess.Dotnet(program, "run", "--config", config)
            : new ProcessStartInfo(program, ["run", "--config", config]);
    }

    // Nobody collects the traces: making the spans and their export is what costs the gateway.
    private string Configuration(string log) => $$"""
        {
          "EdgeGate": {
            "Listeners": {
              "web":       { "Bind": "127.0.0.1:{{HttpPort}}", "Protocol": "http", "IdleTimeout": "01:00:00" },
              "echo":      { "Bind": "127.0.0.1:{{EchoPort}}", "Protocol": "tcp", "Cluster": "echo" },
              "datagrams": { "Bind": "127.0.0.1:{{DatagramPort}}", "Protocol": "udp", "Cluster": "datagrams",
                             "FlowIdleTimeout": "01:00:00" }
            },
            "Admin": { "Bind": "127.0.0.1:{{_adminPort}}" },
            {{(extent >= Observed.Log ? $$""" "AccessLog": { "Output": "{{log}}" }, """ : "")}}
            {{(extent == Observed.Traces ? Tracing : "")}}
            "Metrics": { "PerConnectionTop": {{(extent == Observed.Not ? 0 : 50)}} }
          },
          "ReverseProxy": {
            "Routes": { "all": { "ClusterId": "http", "Match": { "Path": "{**path}" } } },
            "Clusters": {
              "http":      { "Destinations": { "one": { "Address": "http://127.0.0.1:{{Upstream.Http}}/" } } },
              "echo":      { "Destinations": { "one": { "Address": "tcp://127.0.0.1:{{Upstream.Echo}}" } } },
              "datagrams": { "Destinations": { "one": { "Address": "udp://127.0.0.1:{{Upstream.Datagrams}}" } } }
            }
          }
        }
        """;
}
