using System.Net;
using System.Net.Sockets;
using EdgeGate.FunctionalTests.Infrastructure;

namespace EdgeGate.FunctionalTests.Packaging;

/// <summary>The image's content, assembled as the Dockerfile has it assembled, and run as the Dockerfile says.</summary>
public sealed class ContainerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestCertificate _certificate = new(["localhost"]);
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(3));

    [Fact]
    public void The_image_is_what_the_script_assembles_and_nothing_else()
    {
        Dockerfile file = Read();

        Assert.Equal(["FROM scratch", "COPY --from=build /root-of-image/ /"], file.Fills);
        string build = Assert.Single(file.Builds, words => words.Contains("dotnet publish", StringComparison.Ordinal));
        Assert.Contains("-p:PublishAot=true", build, StringComparison.Ordinal);
        Assert.EndsWith("-o /published     && deploy/container/assemble /published /root-of-image", build, StringComparison.Ordinal);
        Assert.DoesNotContain("0", file.User.Split(':'));
    }

    [Fact]
    public async Task It_runs_read_only_and_unprivileged_tells_its_health_and_drains()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "only root on Linux runs a root file system");
        Dockerfile file = Read();
        string root = await AssembleAsync();
        using NetworkNamespace network = NetworkNamespace.Create();
        using RawUpstream upstream = network.Do(() => RawUpstream.Answering("ok", _deadline.Token));
        using RawUpstream echo = network.Do(() => new RawUpstream(async c => await c.SendAsync(await c.ReadAsync(4) + await c.ReadAsync(4)), _deadline.Token));
        await using Container container = Container.Start(root, Configure(upstream, echo), file.User, file.Command, network);

        await Until.TrueAsync(async () => (await container.ExecuteAsync(file.HealthCheck, _deadline.Token)).ExitCode == 0, what: "it to be healthy");

        await AssertUnprivilegedAsync(container, file.User);
        await AssertServesAsync(network);
        using Socket socket = network.Open();
        await socket.ConnectAsync(IPAddress.Loopback, 7000, _deadline.Token);
        using var relay = new RawConnection(socket, _deadline.Token);
        await relay.SendAsync("half");

        await container.SignalAsync(file.StopSignal, _deadline.Token);
        await Until.TrueAsync(async () => (await container.ExecuteAsync(file.HealthCheck, _deadline.Token)).ExitCode == 1, what: "it to drain");
        await relay.SendAsync("done");
        Assert.Equal("halfdone", await relay.ReadToEndAsync());
        relay.Dispose(); // or it would wait for this end of it, too
        Assert.Equal(0, await container.ExitAsync(_deadline.Token));
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _folder.Dispose();
        _deadline.Dispose();
    }

    private static Dockerfile Read() => new(File.ReadAllText(Path.Combine(Repository.Require(), "deploy", "Dockerfile")));

    private async Task<string> AssembleAsync()
    {
        string root = Path.Combine(_folder.Path, "root");
        string published = await PublishedDaemon.CreateAsync(_folder, _deadline.Token);
        ToolResult assembled = await Tool.RunAsync(
            "sh", [Path.Combine(Repository.Require(), "deploy", "container", "assemble"), published, root], _deadline.Token);
        assembled.AssertSuccess();
        foreach (string none in new[] { "bin", "sbin", "usr/bin", "usr/sbin", "var", "root", "etc/ssl/private" })
        {
            Assert.False(Path.Exists(Path.Combine(root, none)), $"the image has /{none}");
        }

        PublishedDaemon.InstallRuntime(root);
        return root;
    }

    private string Configure(RawUpstream upstream, RawUpstream echo)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "configuration")).FullName;
        File.Copy(_certificate.Files.CertificatePath, Path.Combine(folder, "site.pem"));
        File.Copy(_certificate.Files.KeyPath!, Path.Combine(folder, "site.key"));
        File.WriteAllText(Path.Combine(folder, "edgegate.json"), $$"""
            {
              "EdgeGate": {
                "Listeners": {
                  "web": { "Bind": "0.0.0.0:8080", "Protocol": "http" },
                  "secure": { "Bind": "0.0.0.0:8443", "Protocol": "https",
                    "Tls": { "Certificates": [ { "CertificatePath": "site.pem", "KeyPath": "site.key" } ] } },
                  "relay": { "Bind": "0.0.0.0:7000", "Protocol": "tcp", "Cluster": "echo" }
                }
              },
              "ReverseProxy": {
                "Routes": { "all": { "ClusterId": "app", "Match": { "Path": "{**path}" } } },
                "Clusters": {
                  "app": { "Destinations": { "one": { "Address": "{{upstream.Address}}" } } },
                  "echo": { "Destinations": { "one": { "Address": "tcp://127.0.0.1:{{echo.Address.Port}}" } } }
                }
              }
            }
            """);
        return folder;
    }

    private async Task AssertServesAsync(NetworkNamespace network)
    {
        SocketsHttpHandler handler = network.Handler();
        handler.SslOptions.RemoteCertificateValidationCallback =
            (_, certificate, _, _) => certificate!.GetCertHashString() == _certificate.Certificate.Thumbprint;
        using var client = new HttpClient(handler);
        Assert.Equal("ok", await client.GetStringAsync("http://127.0.0.1:8080/", _deadline.Token));
        Assert.Equal("ok", await client.GetStringAsync("https://127.0.0.1:8443/", _deadline.Token)); // with the image's OpenSSL
    }

    private static async Task AssertUnprivilegedAsync(Container container, string user)
    {
        string process = $"/proc/{container.Id}/";
        string status = await File.ReadAllTextAsync(process + "status");
        string id = user.Split(':')[0];
        Assert.Contains($"\nUid:\t{id}\t{id}\t{id}\t{id}\n", status, StringComparison.Ordinal);
        Assert.Contains("\nNoNewPrivs:\t1\n", status, StringComparison.Ordinal);
        Assert.Contains("\nCapEff:\t0000000000000000\n", status, StringComparison.Ordinal);
        Assert.Contains("\nNSpid:\t", status, StringComparison.Ordinal);
        Assert.EndsWith("\t1", status.Split('\n').Single(line => line.StartsWith("NSpid:", StringComparison.Ordinal)), StringComparison.Ordinal);
        string[] mounts = await File.ReadAllLinesAsync(process + "mountinfo");
        Assert.Contains("ro", mounts.Select(line => line.Split(' ')).Last(mount => mount[4] == "/")[5].Split(','));
    }
}
