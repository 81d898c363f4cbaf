using System.Net;
using EdgeGate.FunctionalTests.Daemon;
using EdgeGate.FunctionalTests.Infrastructure;

namespace EdgeGate.FunctionalTests.Tls;

/// <summary>TLS to a real nginx with a certificate of an authority that no system knows.</summary>
public sealed class UpstreamTlsTests : DaemonTests
{
    [Fact]
    public async Task Upstreams_are_verified_and_shown_a_certificate_as_their_cluster_says()
    {
        using var authority = await TestAuthority.CreateAsync(Token);
        using var stranger = await TestAuthority.CreateAsync(Token);
        await authority.SignAsync("app", "app.internal");
        await authority.SignAsync("other", "localhost");
        await authority.SignAsync("gateway", "gateway", subject: "/O=Edge");
        await authority.EncryptAsync("gateway", "gateway.p8", "sesame");
        authority.Write("password", "sesame\n");
        int port = Ports.Free();
        await using var nginx = await ListeningProcess.NginxAsync(Servers(authority, port), Token);
        var configuration = new DaemonConfiguration();
        string address = $"https://127.0.0.1:{port}/", named = $"https://localhost:{port}/";
        string ca = $"\"EdgeGate.UpstreamCaPath\": \"{authority.CaPath}\"", name = "\"EdgeGate.UpstreamServerName\": \"app.internal\"";
        string certificate = $"\"EdgeGate.UpstreamCertificatePath\": \"{authority.PathOf("gateway.pem")}\", "
            + $"\"EdgeGate.UpstreamKeyPath\": \"{authority.PathOf("gateway.p8")}\", "
            + $"\"EdgeGate.UpstreamKeyPasswordFile\": \"{authority.PathOf("password")}\"";
        Add("nothing", named, "");
        Add("ca", named, ca);
        Add("wrong-name", address, ca);
        Add("name", address, $"{ca}, {name}");
        Add("wrong-ca", address, $"{name}, \"EdgeGate.UpstreamCaPath\": \"{stranger.CaPath}\"");
        Add("certificate", address, $"{ca}, {name}, {certificate}");
        Add("any", named, "", """{ "DangerousAcceptAnyServerCertificate": true }""");
        Add("old", named, ca, """{ "SslProtocols": [ "Tls12" ] }""");
        IPEndPoint edge = configuration.Listen("web", "http");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var client = new HttpClient { BaseAddress = new Uri($"http://{edge}") };

        Assert.Equal("BadGateway", await AskAsync("nothing"));
        Assert.Equal("localhost localhost:PORT TLSv1.3 NONE", await AskAsync("ca"));
        Assert.Equal("BadGateway", await AskAsync("wrong-name"));
        Assert.Equal("app.internal app.internal:PORT TLSv1.3 NONE", await AskAsync("name"));
        Assert.Equal("BadGateway", await AskAsync("wrong-ca"));
        Assert.Equal("app.internal app.internal:PORT TLSv1.3 SUCCESS CN=gateway,O=Edge", await AskAsync("certificate"));
        Assert.Equal("localhost localhost:PORT TLSv1.3 NONE", await AskAsync("any"));
        Assert.Equal("localhost localhost:PORT TLSv1.2 NONE", await AskAsync("old"));

        // The files are read again; YARP takes a configuration up a moment after the daemon has.
        await authority.SignAsync("gateway", "renewed");
        await authority.EncryptAsync("gateway", "gateway.p8", "sesame");
        await ReloadAsync(1);
        await AnswersAsync("app.internal app.internal:PORT TLSv1.3 SUCCESS CN=renewed");
        File.Copy(stranger.CaPath, authority.CaPath, overwrite: true);
        await ReloadAsync(2);
        await AnswersAsync("BadGateway");

        Task AnswersAsync(string expected) =>
            Until.TrueAsync(async () => await AskAsync("certificate") == expected, what: expected);

        async Task ReloadAsync(int times)
        {
            await daemon.SignalAsync("HUP");
            await daemon.MetricAsync("edgegate_config_reloads_total", times, ("result", "success"));
        }

        void Add(string id, string to, string metadata, string http = "{}")
        {
            configuration.Cluster(id, to);
            configuration.Extend(id, $$"""{ "Metadata": { {{metadata}} }, "HttpClient": {{http}} }""");
            configuration.Route(id, $"/{id}", id);
        }

        async Task<string> AskAsync(string path)
        {
            using var answer = await client.GetAsync(path, Token);
            return answer.IsSuccessStatusCode
                ? (await answer.Content.ReadAsStringAsync(Token)).Replace($"{port}", "PORT", StringComparison.Ordinal).TrimEnd()
                : answer.StatusCode.ToString();
        }
    }

    private static string Servers(TestAuthority authority, int port) => $$"""
        ssl_protocols TLSv1.2 TLSv1.3;
        server {
            listen 127.0.0.1:{{port}} ssl;
            server_name localhost;
            ssl_certificate {{authority.PathOf("other.pem")}}; ssl_certificate_key {{authority.PathOf("other.key")}};
            ssl_verify_client optional_no_ca;
            return 200 "$ssl_server_name $http_host $ssl_protocol $ssl_client_verify $ssl_client_s_dn";
        }
        server {
            listen 127.0.0.1:{{port}} ssl;
            server_name app.internal;
            ssl_certificate {{authority.PathOf("app.pem")}}; ssl_certificate_key {{authority.PathOf("app.key")}};
            ssl_client_certificate {{authority.CaPath}};
            ssl_verify_client optional;
            return 200 "$ssl_server_name $http_host $ssl_protocol $ssl_client_verify $ssl_client_s_dn";
        }
        """;
}
