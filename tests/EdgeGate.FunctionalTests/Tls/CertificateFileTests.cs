using System.Net;
using EdgeGate.FunctionalTests.Daemon;
using EdgeGate.FunctionalTests.Infrastructure;

namespace EdgeGate.FunctionalTests.Tls;

/// <summary>The files that a certificate may come in, made by openssl, and what becomes of them while connections go on.</summary>
public sealed class CertificateFileTests : DaemonTests
{
    [Fact]
    public async Task Every_kind_of_file_is_served_by_name_and_renewed_under_a_connection()
    {
        using var authority = await TestAuthority.CreateAsync(Token);
        using var upstream = RawUpstream.Answering("served", Token);
        await SignAsync(authority);
        var configuration = new DaemonConfiguration().With("ReloadOnChange", "true");
        configuration.Cluster("app", upstream.Address.ToString());
        configuration.Route("all", "{**path}", "app");
        IPEndPoint edge = configuration.Listen("secure", "https", more: Listener(authority));
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        await using var open = await TlsClient.ConnectAsync(edge, "first.test", Token);
        Assert.Equal("served", await open.AskAsync());

        Assert.Equal(authority.ThumbprintOf("pem"), open.Thumbprint);
        Assert.Equal(authority.ThumbprintOf("pem"), await TlsClient.ShownAsync(edge, "nobody.test", Token));
        Assert.Equal(authority.ThumbprintOf("pfx"), await TlsClient.ShownAsync(edge, "a.wild.test", Token));
        string before = authority.ThumbprintOf("encrypted");
        Assert.Equal(before, await TlsClient.ShownAsync(edge, "encrypted.test", Token));

        // Renewed with another password: all three files change, one after the other.
        await authority.SignAsync("encrypted", "encrypted.test");
        authority.Write("password", "another\n");
        await authority.EncryptAsync("encrypted", "encrypted.p8", "another");
        await Until.TrueAsync(
            async () => await TlsClient.ShownAsync(edge, "encrypted.test", Token) == authority.ThumbprintOf("encrypted"),
            what: "the renewed certificate: " + daemon.Output);
        Assert.NotEqual(before, authority.ThumbprintOf("encrypted"));

        // One that cannot be opened is refused, and says which file and why.
        double failed = (await daemon.MetricsAsync()).Sum("edgegate_config_reloads_total", ("result", "failed"));
        authority.Write("pfx.pfx", "0 no PFX");
        await daemon.MetricAsync("edgegate_config_reloads_total", value => value > failed, ("result", "failed"));
        Assert.Contains(authority.PathOf("pfx.pfx"), daemon.Output, StringComparison.Ordinal);
        Assert.Equal(authority.ThumbprintOf("pfx"), await TlsClient.ShownAsync(edge, "a.wild.test", Token));
        Assert.Equal("served", await open.AskAsync());
        Assert.DoesNotContain("sesame", daemon.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_of_each_certificate_is_a_metric_and_in_the_status()
    {
        using var authority = await TestAuthority.CreateAsync(Token);
        await SignAsync(authority);
        var configuration = new DaemonConfiguration();
        configuration.Listen("secure", "https", more: Listener(authority));
        await using var daemon = await DaemonProcess.StartAsync(configuration);

        (string, string)[] labels = [("listener", "secure"), ("certificate", authority.PathOf("pem.pem"))];
        double days(double seconds) => (seconds - TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()) / 86_400;
        await daemon.MetricAsync("edgegate_certificate_expiry_timestamp_seconds", value => days(value) is > 299 and < 301, labels);
        string status = await daemon.Admin.GetStringAsync("/status", Token);
        Assert.Contains("\"subject\":\"CN=first.test\"", status.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);

        await authority.SignAsync("pem", "first.test", days: 10);
        await daemon.SignalAsync("HUP");
        await daemon.MetricAsync("edgegate_certificate_expiry_timestamp_seconds", value => days(value) is > 9 and < 11, labels);
        await Until.TrueAsync(
            async () => (await daemon.Admin.GetStringAsync("/limits", Token)).Contains("certificate-expires", StringComparison.Ordinal),
            what: "the finding");
    }

    private static async Task SignAsync(TestAuthority authority)
    {
        await authority.SignAsync("pem", "first.test", "rsa:2048");
        await authority.SignAsync("pfx", "*.wild.test");
        await authority.PackAsync("pfx", "pfx.pfx", "sesame");
        await authority.SignAsync("encrypted", "encrypted.test");
        await authority.EncryptAsync("encrypted", "encrypted.p8", "sesame");
        authority.Write("password", "sesame\n");
        authority.Write("pfx.password", "sesame\n");
    }

    private static string Listener(TestAuthority authority) => $$"""
        { "Tls": { "Certificates": [
            { "CertificatePath": "{{authority.PathOf("pem.pem")}}", "KeyPath": "{{authority.PathOf("pem.key")}}" },
            { "CertificatePath": "{{authority.PathOf("pfx.pfx")}}", "KeyPasswordFile": "{{authority.PathOf("pfx.password")}}" },
            { "CertificatePath": "{{authority.PathOf("encrypted.pem")}}", "KeyPath": "{{authority.PathOf("encrypted.p8")}}",
              "KeyPasswordFile": "{{authority.PathOf("password")}}" } ] } }
        """;
}
