using System.Diagnostics;
using System.Globalization;
using EdgeGate.Benchmarks.Comparison.Upstream;

namespace EdgeGate.Benchmarks.Comparison.Peers;

/// <summary>YARP on Kestrel's own transport, with the daemon's settings of the runtime, as it is or with everything inline.</summary>
/// <param name="inline">
/// Whether callbacks run on the socket engine's threads: the stock transport's own answer to the hop that a loop saves.
/// </param>
/// <param name="upstream">What it proxies to.</param>
/// <param name="certificate">What it shows on https.</param>
internal sealed class StockPeer(bool inline, UpstreamPorts upstream, ServerCertificate certificate)
    : Peer(inline ? "Kestrel + YARP, inline" : "Kestrel + YARP", upstream, relays: false, certificate: certificate)
{
    private readonly int _http2Port = Ports.Free(1)[0];

    internal override bool IsCompiledWhileRunning => true;

    // A port of its own: without TLS, Kestrel serves either HTTP/1.1 or HTTP/2 on one.
    internal override int Http2Port => _http2Port;

    protected override Uri AllocationPage => new($"http://127.0.0.1:{HttpPort}{StockServer.AllocatedPath}");

    protected override ProcessStartInfo Prepare(string folder)
    {
        ProcessStartInfo start = ChildProcess.Self(
            StockServer.Command, HttpPort, Http2Port, HttpsPort!, Upstream.Http, inline,
            Certificate!.CertificatePath, Certificate.KeyPath);
        if (inline)
        {
            start.Environment["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1";
        }

        return start;
    }

    protected override long ParseAllocatedBytes(string page) => long.Parse(page, CultureInfo.InvariantCulture);
}
