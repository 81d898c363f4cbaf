using System.Net;
using EdgeGate.FunctionalTests.Daemon;
using EdgeGate.FunctionalTests.Infrastructure;

namespace EdgeGate.FunctionalTests.Tls;

/// <summary>Protocols, cipher suites and session resumption, as the real openssl finds them.</summary>
public sealed class TlsPolicyTests : DaemonTests
{
    private const string Suites =
        "\"CipherSuites\": [ \"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\", \"TLS_AES_128_GCM_SHA256\" ]";

    [Fact]
    public async Task Protocols_and_suites_are_those_of_the_policy()
    {
        using var authority = await TestAuthority.CreateAsync(Token);
        await authority.SignAsync("ec", "ec.test");
        await authority.SignAsync("rsa", "rsa.test", "rsa:2048");
        var configuration = new DaemonConfiguration();
        IPEndPoint edge = configuration.Listen("default", "https", more: Listener(authority));
        IPEndPoint strict = configuration.Listen("strict", "https", more: Listener(authority, "\"MinimumVersion\": \"Tls13\""));
        IPEndPoint own = configuration.Listen("own", "https", more: Listener(authority, Suites));
        IPEndPoint old = configuration.Listen(
            "old", "https", more: Listener(authority, "\"CipherSuites\": [ \"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA\" ]"));
        await using var daemon = await DaemonProcess.StartAsync(configuration);

        Assert.Contains("TLSv1.3, Cipher is TLS_AES_256_GCM_SHA384", await ShakeAsync(edge, ""));
        Assert.Contains("ECDHE-ECDSA-AES256-GCM-SHA384", await ShakeAsync(edge, "-tls1_2"));
        Assert.Contains("ECDHE-RSA-AES256-GCM-SHA384", await ShakeAsync(edge, "-tls1_2", "rsa.test"));
        Assert.Contains("Cipher is (NONE)", await ShakeAsync(edge, "-tls1_1 -cipher DEFAULT@SECLEVEL=0"));
        Assert.Contains("Cipher is (NONE)", await ShakeAsync(edge, "-tls1_2 -cipher ECDHE-ECDSA-AES256-SHA384:ECDHE-ECDSA-AES128-SHA"));
        Assert.Contains("Cipher is (NONE)", await ShakeAsync(edge, "-tls1_2 -cipher AES128-GCM-SHA256:AES128-SHA", "rsa.test"));

        Assert.Contains("TLSv1.3, Cipher is TLS_", await ShakeAsync(strict, ""));
        Assert.Contains("Cipher is (NONE)", await ShakeAsync(strict, "-tls1_2"));

        Assert.Contains("Cipher is TLS_AES_128_GCM_SHA256", await ShakeAsync(own, ""));
        Assert.Contains("Cipher is ECDHE-ECDSA-AES128-GCM-SHA256", await ShakeAsync(own, "-tls1_2"));
        Assert.Contains("Cipher is (NONE)", await ShakeAsync(own, "-tls1_2 -cipher ECDHE-ECDSA-AES256-GCM-SHA384"));
        Assert.Contains("Cipher is ECDHE-ECDSA-AES128-SHA", await ShakeAsync(old, ""));

        Assert.Contains("ALPN protocol: h2", await ShakeAsync(edge, "-alpn http/1.1,h2"));
        Assert.Contains("ALPN protocol: http/1.1", await ShakeAsync(edge, "-alpn http/1.1"));
    }

    [Theory]
    [InlineData("DEFAULT:@SECLEVEL=1", false)] // as distributions have it, and nobody has chosen
    [InlineData("ECDHE-ECDSA-AES128-SHA:@SECLEVEL=1", true)]
    public async Task What_openssl_cnf_chooses_holds(string ciphers, bool isChoice)
    {
        using var authority = await TestAuthority.CreateAsync(Token);
        await authority.SignAsync("ec", "ec.test");
        await authority.SignAsync("rsa", "rsa.test", "rsa:1024"); // what security level 1 lets through and 2 does not
        string file = authority.Write("openssl.cnf", $"""
            openssl_conf = openssl_init
            [openssl_init]
            ssl_conf = ssl_sect
            [ssl_sect]
            system_default = system_default_sect
            [system_default_sect]
            CipherString = {ciphers}

            """);
        var configuration = new DaemonConfiguration();
        IPEndPoint edge = configuration.Listen("default", "https", more: Listener(authority));
        await using var daemon = await DaemonProcess.StartAsync(
            configuration, environment: new Dictionary<string, string?> { ["OPENSSL_CONF"] = file });

        Assert.Contains(
            isChoice ? "Cipher is ECDHE-ECDSA-AES128-SHA" : "Cipher is (NONE)", await ShakeAsync(edge, "-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA"));
        Assert.Contains(
            isChoice ? "Cipher is (NONE)" : "Cipher is ECDHE-RSA-AES256-GCM-SHA384",
            await ShakeAsync(edge, "-tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384:@SECLEVEL=1", "rsa.test"));
    }

    [Fact]
    public async Task Sessions_are_resumed_with_each_certificate_until_it_is_renewed()
    {
        using var authority = await TestAuthority.CreateAsync(Token);
        await authority.SignAsync("ec", "ec.test");
        await authority.SignAsync("rsa", "rsa.test", "rsa:2048");
        using var upstream = RawUpstream.Answering("served", Token);
        var configuration = new DaemonConfiguration();
        configuration.Cluster("app", upstream.Address.ToString());
        configuration.Route("all", "{**path}", "app");
        IPEndPoint edge = configuration.Listen("secure", "https", more: Listener(authority));
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        (string Version, string Name)[] all =
            [("-tls1_2", "ec.test"), ("-tls1_2", "rsa.test"), ("-tls1_3", "ec.test"), ("-tls1_3", "rsa.test")];

        foreach (var (version, name) in all)
        {
            string session = authority.PathOf(version + name);
            Assert.Contains("New, TLSv1", await ShakeAsync(edge, $"{version} -sess_out {session}", name));
            Assert.Contains("Reused, TLSv1", await ShakeAsync(edge, $"{version} -sess_in {session}", name));
        }

        // A reload that finds the same certificates keeps the tickets.
        await ReloadAsync(daemon, 1);
        foreach (var (version, name) in all)
        {
            string resumed = await ShakeAsync(edge, $"{version} -sess_in {authority.PathOf(version + name)}", name);
            Assert.Contains("Reused, TLSv1", resumed);
            Assert.Contains("served", resumed);
        }

        // With a new certificate an old ticket leads to a full handshake, not to an error.
        await authority.SignAsync("ec", "ec.test");
        await ReloadAsync(daemon, 2);
        foreach (var (version, name) in all)
        {
            string answer = await ShakeAsync(edge, $"{version} -sess_in {authority.PathOf(version + name)}", name);
            Assert.Contains(name == "ec.test" ? "New, TLSv1" : "Reused, TLSv1", answer);
            Assert.Contains("served", answer);
        }
    }

    [Fact]
    public async Task A_session_of_a_client_with_a_certificate_is_not_resumed_without_it()
    {
        using var authority = await TestAuthority.CreateAsync(Token);
        using var intermediate = await TestAuthority.CreateAsync(Token, "Intermediate", authority);
        await authority.SignAsync("ec", "ec.test");
        await authority.SignAsync("rsa", "rsa.test", "rsa:2048");
        await intermediate.SignAsync("client", "client");
        using var upstream = RawUpstream.Answering("served", Token);
        var configuration = new DaemonConfiguration();
        configuration.Cluster("app", upstream.Address.ToString());
        configuration.Route("all", "{**path}", "app");
        string require = $"\"ClientCertificate\": \"Require\", \"ClientCaPath\": \"{authority.CaPath}\"";
        IPEndPoint edge = configuration.Listen("mutual", "https", more: Listener(authority, require));
        IPEndPoint open = configuration.Listen("open", "https", more: Listener(authority));
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        string shown = $"-cert {intermediate.PathOf("client.crt")} -key {intermediate.PathOf("client.key")} -cert_chain {intermediate.CaPath}";

        foreach (string version in new[] { "-tls1_2", "-tls1_3" })
        {
            // Of the same server certificate, so of the same context to OpenSSL; and the listener's own.
            string session = authority.PathOf("open" + version), own = authority.PathOf("mutual" + version);
            Assert.Contains("served", await ShakeAsync(open, $"{version} -sess_out {session}"));
            Assert.Contains("served", await ShakeAsync(edge, $"{version} {shown} -sess_in {session} -sess_out {own}"));
            Assert.DoesNotContain("served", await ShakeAsync(edge, $"{version} -sess_in {session}"));
            string again = File.Exists(own) ? $"-sess_in {own}" : ""; // TLS 1.2 gives none that could be kept
            Assert.Contains("served", await ShakeAsync(edge, $"{version} {shown} {again}"));
            Assert.DoesNotContain("served", await ShakeAsync(edge, $"{version} {again}"));
        }
    }

    private static async Task ReloadAsync(DaemonProcess daemon, int times)
    {
        await daemon.SignalAsync("HUP");
        await daemon.MetricAsync("edgegate_config_reloads_total", times, ("result", "success"));
    }

    /// <summary>Shakes hands, asks for a page and reads to the end, so that the tickets of TLS 1.3 have come.</summary>
    /// <returns>All that openssl says.</returns>
    private async Task<string> ShakeAsync(IPEndPoint edge, string options, string name = "ec.test")
    {
        string openssl = await Tool.RequireAsync("openssl", Token);
        string ask = $"""printf 'GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n' | """
            + $"{openssl} s_client -connect {edge} -servername {name} -ign_eof {options} 2>&1";
        return (await Tool.RunAsync("sh", ["-c", ask], Token)).Output;
    }

    private static string Listener(TestAuthority authority, string more = "\"MinimumVersion\": \"Tls12\"") => $$"""
        { "Tls": { {{more}}, "Certificates": [
            { "CertificatePath": "{{authority.PathOf("ec.pem")}}", "KeyPath": "{{authority.PathOf("ec.key")}}" },
            { "CertificatePath": "{{authority.PathOf("rsa.pem")}}", "KeyPath": "{{authority.PathOf("rsa.key")}}" } ] } }
        """;
}
