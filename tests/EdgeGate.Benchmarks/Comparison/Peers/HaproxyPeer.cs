using System.Diagnostics;
using EdgeGate.Benchmarks.Comparison.Upstream;

namespace EdgeGate.Benchmarks.Comparison.Peers;

/// <summary>HAProxy with a thread per processor, http and tcp; it copies unless told to splice.</summary>
internal sealed class HaproxyPeer(string program, UpstreamPorts upstream, ServerCertificate certificate, bool splice)
    : Peer(splice ? "HAProxy, splicing" : "HAProxy", upstream, relays: true, certificate: certificate)
{
    internal override Variant Variant => splice ? Variant.Relay : Variant.None;

    protected override ProcessStartInfo Prepare(string folder) =>
        new(program, ["-db", "-f", Write(folder, "haproxy.cfg", Configuration())]);

    private string Configuration() => $"""
        global
            maxconn 8000
            maxpipes 64
            nbthread {Environment.ProcessorCount}
        defaults
            timeout connect 5s
            timeout client 300s
            timeout server 300s
            timeout tunnel 300s
            timeout http-keep-alive 300s
            http-reuse always
            {(splice ? "option splice-auto" : "")}
            maxconn 8000
            backlog 4096
        listen web
            mode http
            bind 127.0.0.1:{HttpPort}
            bind 127.0.0.1:{HttpsPort} ssl crt {Certificate!.BundlePath} ssl-min-ver TLSv1.3 alpn h2,http/1.1
            server app 127.0.0.1:{Upstream.Http}
        listen echo
            mode tcp
            bind 127.0.0.1:{EchoPort}
            server app 127.0.0.1:{Upstream.Echo}
        listen source
            mode tcp
            bind 127.0.0.1:{SourcePort}
            server app 127.0.0.1:{Upstream.Source}

        """;
}
