using System.Diagnostics;
using EdgeGate.Benchmarks.Comparison.Upstream;

namespace EdgeGate.Benchmarks.Comparison.Peers;

/// <summary>YARP on Kestrel's own transport, as its template makes it or with everything inline.</summary>
/// <param name="inline">
/// Whether callbacks run on the socket engine's threads: the stock transport's own answer to the hop that a loop saves.
/// </param>
/// <param name="upstream">What it proxies to.</param>
internal sealed class StockPeer(bool inline, UpstreamPorts upstream)
    : Peer(inline ? "Kestrel + YARP, inline" : "Kestrel + YARP", upstream, relays: false)
{
    internal override bool IsCompiledWhileRunning => true;

    protected override ProcessStartInfo Prepare(string folder)
    {
        ProcessStartInfo start = ChildProcess.Self(StockServer.Command, HttpPort, Upstream.Http, inline);
        if (inline)
        {
            start.Environment["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1";
        }

        return start;
    }
}
