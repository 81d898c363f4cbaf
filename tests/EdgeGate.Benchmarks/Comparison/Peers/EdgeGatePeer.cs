using System.Diagnostics;
using System.Globalization;
using EdgeGate.Benchmarks.Comparison.Upstream;

namespace EdgeGate.Benchmarks.Comparison.Peers;

/// <summary>The daemon as it is shipped.</summary>
/// <param name="name">For the report.</param>
/// <param name="program">Its assembly, or an executable.</param>
/// <param name="upstream">What it proxies to.</param>
/// <param name="certificate">What it shows on https.</param>
/// <param name="variant">What it leaves out: splicing relays, or its own client of HTTP upstreams.</param>
internal sealed class EdgeGatePeer(
    string name, string program, UpstreamPorts upstream, ServerCertificate certificate, Variant variant = Variant.None)
    : Peer(name, upstream, relays: true, relaysDatagrams: true, certificate)
{
    private const string AllocatedMetric = "dotnet_gc_heap_total_allocated_bytes_total";

    private readonly int _adminPort = Ports.Free(1)[0];

    internal override Variant Variant => variant;

    internal override bool IsCompiledWhileRunning => program.EndsWith(".dll", StringComparison.Ordinal);

    protected override Uri AllocationPage => new($"http://127.0.0.1:{_adminPort}/metrics");

    protected override ProcessStartInfo Prepare(string folder)
    {
        string config = Write(folder, "edgegate.json", Configuration());
        return IsCompiledWhileRunning
            ? ChildProcess.Dotnet(program, "run", "--config", config)
            : new ProcessStartInfo(program, ["run", "--config", config]);
    }

    protected override long ParseAllocatedBytes(string page)
    {
        string line = page.Split('\n').First(line => line.StartsWith(AllocatedMetric, StringComparison.Ordinal));
        return (long)double.Parse(line[AllocatedMetric.Length..].Split(' ')[1], CultureInfo.InvariantCulture);
    }

    private string Configuration() => $$"""
        {
          "EdgeGate": {
            "Listeners": {
              "web":    { "Bind": "127.0.0.1:{{HttpPort}}", "Protocol": "http" },
              "secure": { "Bind": "127.0.0.1:{{HttpsPort}}", "Protocol": "https", "Tls": { "Certificates": [
                          { "CertificatePath": "{{Certificate!.CertificatePath}}", "KeyPath": "{{Certificate.KeyPath}}" } ] } },
              "echo":   { "Bind": "127.0.0.1:{{EchoPort}}", "Protocol": "tcp", "Cluster": "echo" },
              "source": { "Bind": "127.0.0.1:{{SourcePort}}", "Protocol": "tcp", "Cluster": "source" },
              "datagrams": { "Bind": "127.0.0.1:{{DatagramPort}}", "Protocol": "udp", "Cluster": "datagrams" },
              "counter":   { "Bind": "127.0.0.1:{{CounterPort}}", "Protocol": "udp", "Cluster": "counter" }
            },
            "Transport": { "Splice": "{{(variant == Variant.Relay ? "off" : "on")}}",
                           "HttpClient": "{{(variant == Variant.Http ? "sockets" : "own")}}" },
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
