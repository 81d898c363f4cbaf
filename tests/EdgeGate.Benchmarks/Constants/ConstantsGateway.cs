using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using EdgeGate.Benchmarks.Comparison;
using EdgeGate.Benchmarks.Comparison.Load;
using EdgeGate.Benchmarks.Comparison.Upstream;

namespace EdgeGate.Benchmarks.Constants;

/// <summary>A fresh daemon with a listener for each lane, which nothing ends for being idle.</summary>
internal sealed class ConstantsGateway : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgegate-constants-");
    private readonly ServerCertificate _certificate = new();
    private readonly ChildProcess _process;

    /// <param name="program">The daemon's assembly, or an executable.</param>
    /// <param name="upstream">What it proxies to.</param>
    /// <param name="group">The control group to run it in, if there is one.</param>
    internal ConstantsGateway(string program, UpstreamPorts upstream, MemoryGroup? group)
    {
        int[] ports = Ports.Free(6);
        (TcpPort, TlsPort, UdpPort, HttpPort, HttpsPort) = (ports[0], ports[1], ports[2], ports[3], ports[4]);
        string config = Path.Combine(_folder.FullName, "edgegate.json");
        File.WriteAllText(config, Configuration(upstream, ports[5]));
        ProcessStartInfo start = program.EndsWith(".dll", StringComparison.Ordinal)
            ? ChildProcess.Dotnet(program, "run", "--config", config)
            : new ProcessStartInfo(program, ["run", "--config", config]);
        _process = new ChildProcess(group?.Enter(start) ?? start);
        _process.WaitUntilListening(HttpPort);
        using var first = new ClientLoad(HttpPort, Exchange.Get);
        first.Grow(1);
    }

    internal int TcpPort { get; }

    internal int TlsPort { get; }

    internal int UdpPort { get; }

    internal int HttpPort { get; }

    internal int HttpsPort { get; }

    /// <summary>What https shows.</summary>
    internal X509Certificate2 Certificate => _certificate.Certificate;

    internal int ProcessId => _process.Id;

    public void Dispose()
    {
        _process.Dispose();
        _certificate.Dispose();
        _folder.Delete(recursive: true);
    }

    private string Configuration(UpstreamPorts upstream, int admin) => $$"""
        {
          "EdgeGate": {
            "Listeners": {
              "tcp":   { "Bind": "127.0.0.1:{{TcpPort}}", "Protocol": "tcp", "Cluster": "echo" },
              "tls":   { "Bind": "127.0.0.1:{{TlsPort}}", "Protocol": "tls", "Cluster": "echo" },
              "udp":   { "Bind": "127.0.0.1:{{UdpPort}}", "Protocol": "udp", "Cluster": "datagrams", "FlowIdleTimeout": "01:00:00" },
              "http":  { "Bind": "127.0.0.1:{{HttpPort}}", "Protocol": "http" },
              "https": { "Bind": "127.0.0.1:{{HttpsPort}}", "Protocol": "https",
                         "Tls": { "Certificates": [ { "CertificatePath": "{{_certificate.CertificatePath}}", "KeyPath": "{{_certificate.KeyPath}}" } ] } }
            },
            "Defaults": { "IdleTimeout": "01:00:00" },
            "Admin": { "Bind": "127.0.0.1:{{admin}}" }
          },
          "ReverseProxy": {
            "Routes": { "all": { "ClusterId": "http", "Match": { "Path": "{**path}" } } },
            "Clusters": {
              "http":      { "Destinations": { "one": { "Address": "http://127.0.0.1:{{upstream.Http}}/" } } },
              "echo":      { "Destinations": { "one": { "Address": "tcp://127.0.0.1:{{upstream.Echo}}" } } },
              "datagrams": { "Destinations": { "one": { "Address": "udp://127.0.0.1:{{upstream.Datagrams}}" } } }
            }
          }
        }
        """;
}
