using System.Net;
using System.Security.Cryptography.X509Certificates;
using EdgeGate.FunctionalTests.Daemon;
using EdgeGate.FunctionalTests.Infrastructure;

namespace EdgeGate.FunctionalTests.Tls;

/// <summary>What an upstream is told of a client's certificate, and that nobody but the gateway can tell it.</summary>
public sealed class ClientIdentityTests : DaemonTests
{
    private static readonly string[] Forged =
    [
        "Client-Cert: :Zm9yZ2Vk:", "client_cert: forged", "CLIENT-CERT-CHAIN: forged", "X-Forwarded-Client-Cert: Subject=forged",
        "x-forwarded_client-cert: forged", "X-SSL-Client-Verify: SUCCESS", "X-SSL-Client-Verify: SUCCESS", "X_SSL_CLIENT_VERIFY: SUCCESS",
        "x-ssl-client-s-dn: CN=forged", "X.SSL.Client.S.DN: CN=forged", "Ssl-Client-Subject-Dn: CN=forged", "X-Client-Cert-Subject: forged",
    ];

    [Fact]
    public async Task Upstreams_hear_of_the_certificate_from_the_gateway_alone()
    {
        string curl = await Tool.RequireAsync("curl", Token);
        using var authority = await TestAuthority.CreateAsync(Token);
        await authority.SignAsync("edge", "edge.test");
        await authority.SignAsync("client", "client", subject: "/O=Example, Inc.", uri: "spiffe://example.org/client");
        using var upstream = new RawUpstream(EchoHeadAsync, Token);
        var configuration = new DaemonConfiguration();
        configuration.Cluster("app", upstream.Address.ToString());
        configuration.Route("all", "{**path}", "app");
        IPEndPoint require = configuration.Listen("require", "https", more: Listener(authority, "Require"));
        IPEndPoint request = configuration.Listen("request", "https", more: Listener(authority, "Request"));
        IPEndPoint plain = configuration.Listen("plain", "https", more: Listener(authority, "None"));
        IPEndPoint http = configuration.Listen("http", "http");
        await using var daemon = await DaemonProcess.StartAsync(configuration);

        string[] headers = [.. Forged.SelectMany(line => new[] { "-H", line })];
        string[] shown = ["--cert", authority.PathOf("client.pem"), "--key", authority.PathOf("client.key")];
        foreach (string version in new[] { "--http1.1", "--http2" })
        {
            string known = await AskAsync($"https://{require}/", [version, .. shown, .. headers]);
            AssertIdentity(authority, known);
            Assert.DoesNotContain("forged", known, StringComparison.OrdinalIgnoreCase);

            string unknown = await AskAsync($"https://{request}/", [version, .. headers]);
            Assert.Contains("X-SSL-Client-Verify: NONE\r\n", unknown, StringComparison.Ordinal);
            AssertNothingBut("X-SSL-Client-Verify", unknown);
        }

        AssertNothingBut("", await AskAsync($"https://{plain}/", headers));
        AssertNothingBut("", await AskAsync($"http://{http}/", headers));

        // By bytes of our own, too: names that curl would not send so, and a Connection that asks for the identity's removal.
        using var certificate = X509Certificate2.CreateFromPemFile(authority.PathOf("client.pem"), authority.PathOf("client.key"));
        await using var raw = await TlsClient.ConnectAsync(require, "edge.test", Token, certificate);
        for (int i = 0; i < 2; i++) // the second comes over a connection whose headers are known
        {
            AssertIdentity(authority, await raw.AskAsync(
                "Connection: Client-Cert, X-SSL-Client-Verify\r\ncLiEnT-cErT: a\r\nCLIENT_CERT:\tb\r\n"));
        }

        async Task<string> AskAsync(string url, string[] options)
        {
            ToolResult answer = await Tool.RunAsync(curl, ["-sSk", "--max-time", "20", url, .. options], Token);
            answer.AssertSuccess();
            return answer.Output;
        }
    }

    private static void AssertIdentity(TestAuthority authority, string head)
    {
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(authority.PathOf("client.crt"));
        string hash = Convert.ToHexStringLower(certificate.GetCertHash(System.Security.Cryptography.HashAlgorithmName.SHA256));
        string[] expected =
        [
            $"Client-Cert: :{Convert.ToBase64String(certificate.RawData)}:",
            $"X-Forwarded-Client-Cert: Hash={hash};Subject=\"CN=client,O=Example\\, Inc.\";URI=\"spiffe://example.org/client\";DNS=\"client\"",
            "X-SSL-Client-Verify: SUCCESS", "X-SSL-Client-S-DN: CN=client,O=Example\\, Inc.",
            "X-SSL-Client-I-DN: CN=Test authority", $"X-SSL-Client-Serial: {certificate.SerialNumber}", $"X-SSL-Client-SHA256: {hash}",
        ];
        Assert.Equal(expected.Order(), IdentityOf(head).Order());
    }

    private static void AssertNothingBut(string allowed, string head) =>
        Assert.All(IdentityOf(head), line => Assert.True(allowed.Length > 0 && line.StartsWith(allowed, StringComparison.Ordinal), line));

    private static IEnumerable<string> IdentityOf(string head) => head.Split("\r\n")
        .Where(line => line.Contains("cert", StringComparison.OrdinalIgnoreCase) || line.Contains("ssl", StringComparison.OrdinalIgnoreCase));

    /// <summary>Answers with the head of the request, as it came.</summary>
    private static async Task EchoHeadAsync(RawConnection connection)
    {
        while (await connection.ReadHeadAsync() is { } head)
        {
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {head.Length}\r\n\r\n{head}");
        }
    }

    private static string Listener(TestAuthority authority, string policy) => $$"""
        { "Tls": {
            "Certificates": [ { "CertificatePath": "{{authority.PathOf("edge.pem")}}", "KeyPath": "{{authority.PathOf("edge.key")}}" } ],
            "ClientCertificate": "{{policy}}", "ClientCaPath": "{{authority.CaPath}}",
            "ForwardClientCertificate": [ {{(policy == "None" ? "" : "\"ClientCert\", \"XForwardedClientCert\", \"XSslClient\"")}} ] } }
        """;
}
