using System.Net;
using EdgeGate.FunctionalTests.Daemon;
using EdgeGate.FunctionalTests.Infrastructure;

namespace EdgeGate.FunctionalTests.Tls;

/// <summary>The responder's answer beside the certificate, with openssl as responder on loopback and as client.</summary>
public sealed class OcspStaplingTests : DaemonTests
{
    [Fact]
    public async Task A_response_is_fetched_in_the_background_and_stapled_from_then_on()
    {
        using var authority = await TestAuthority.CreateAsync(Token);
        int port = Ports.Free();
        await authority.SignAsync("edge", "edge.test", extensions: $"authorityInfoAccess=OCSP;URI:http://127.0.0.1:{port}/");
        var configuration = new DaemonConfiguration();
        IPEndPoint stapled = configuration.Listen("stapled", "https", more: Listener(authority, "true"));
        IPEndPoint plain = configuration.Listen("plain", "https", more: Listener(authority, "false"));
        await using var daemon = await DaemonProcess.StartAsync(configuration);

        // Without the responder nothing is stapled, and nobody waits for it.
        Assert.Contains("OCSP response: no response sent", await ShakeAsync(stapled), StringComparison.Ordinal);

        await using (await ListeningProcess.OcspAsync(authority, "edge", port, Token))
        {
            string answer = "";
            await Until.TrueAsync(
                async () => (answer = await ShakeAsync(stapled)).Contains("OCSP Response Status: successful", StringComparison.Ordinal),
                what: "a stapled response");
            Assert.Contains("Cert Status: good", answer, StringComparison.Ordinal);
        }

        Assert.Contains("Cert Status: good", await ShakeAsync(stapled), StringComparison.Ordinal); // the responder has gone
        Assert.Contains("OCSP response: no response sent", await ShakeAsync(plain), StringComparison.Ordinal);

        // A reload that renews nothing keeps the response, too.
        await daemon.SignalAsync("HUP");
        await daemon.MetricAsync("edgegate_config_reloads_total", 1, ("result", "success"));
        Assert.Contains("Cert Status: good", await ShakeAsync(stapled), StringComparison.Ordinal);
    }

    private async Task<string> ShakeAsync(IPEndPoint edge)
    {
        string openssl = await Tool.RequireAsync("openssl", Token);
        string ask = $"{openssl} s_client -connect {edge} -servername edge.test -status </dev/null 2>&1";
        return (await Tool.RunAsync("sh", ["-c", ask], Token)).Output;
    }

    private static string Listener(TestAuthority authority, string staples) => $$"""
        { "Tls": { "OcspStapling": {{staples}}, "Certificates": [
            { "CertificatePath": "{{authority.PathOf("edge.pem")}}", "KeyPath": "{{authority.PathOf("edge.key")}}" } ] } }
        """;
}
