using System.Net;
using System.Net.Sockets;
using EdgeGate.FunctionalTests.Infrastructure;

namespace EdgeGate.FunctionalTests.Packaging;

/// <summary>
/// The Debian package in a clean Debian that systemd has booted: all that the units say is done by systemd itself. It is one
/// long test, as a machine's life is, because the machine is dear.
/// </summary>
public sealed class PackageTests : IDisposable
{
    private const string Configuration = "/etc/edgegate/edgegate.json";
    private const string Token = "0123456789abcdef0123456789abcdef";

    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(8));
    private readonly List<RawConnection> _clients = [];
    private NetworkNamespace _network = null!;
    private BootedSystem _system = null!;
    private RawUpstream _upstream = null!;

    [Fact]
    public async Task It_is_installed_served_reloaded_watched_drained_upgraded_and_purged()
    {
        string root = await DebianRoot.RequireAsync(_deadline.Token);
        string package = await DebianPackage.BuildAsync(_folder, _deadline.Token);
        using NetworkNamespace network = _network = NetworkNamespace.Create();
        using RawUpstream upstream = _upstream = Upstream();
        await using BootedSystem system = _system = await BootedSystem.StartAsync(root, network, _deadline.Token);
        PublishedDaemon.InstallRuntime(_system.Root);
        await _system.RunAsync("systemctl", "is-system-running", "--wait");

        await InstallAsync(package);
        await ServeAsync();
        await AssertRestrictedAsync();
        await ReloadAsync();
        await DrainAsync();
        await WatchAsync();
        await ActivateAsync();
        await UpgradeAsync(package);
        await RemoveAsync();
    }

    [Fact]
    public async Task Lintian_finds_no_error()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/lintian"), "lintian is not installed");
        string published = Directory.CreateDirectory(Path.Combine(_folder.Path, "stand-in")).FullName;
        File.Copy("/usr/bin/true", Path.Combine(published, "edgegate"));
        string package = await DebianPackage.BuildAsync(published, _folder, "gzip", _deadline.Token);

        ToolResult result = await Tool.RunAsync("lintian", ["--fail-on", "error", "--allow-root", package], _deadline.Token);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    public void Dispose()
    {
        _clients.ForEach(client => client.Dispose());
        _folder.Dispose();
        _deadline.Dispose();
    }

    private async Task InstallAsync(string package)
    {
        File.Copy(package, _system.Root + "/root/first.deb");
        await _system.RunAsync("dpkg", "-i", "/root/first.deb");

        Assert.Contains(":/nonexistent:/usr/sbin/nologin", await _system.RunAsync("getent", "passwd", "edgegate"), StringComparison.Ordinal);
        Assert.Contains(Configuration, await _system.RunAsync("dpkg-query", "-W", "-f", "${Conffiles}", "edgegate"), StringComparison.Ordinal);
        Assert.Equal("inactive", await _system.ShowAsync("ActiveState"));
        Assert.Equal("", await _system.RunAsync("dpkg", "--verify", "edgegate"));
        await _system.RunAsync("test", "-s", "/usr/share/man/man8/edgegate.8.gz");
        await _system.RunAsync("edgegate", "check"); // with what is shipped
    }

    private async Task ServeAsync()
    {
        // A secret of the service's own: its user reads it, and no other.
        _system.Write("/etc/edgegate/admin.token", Token);
        await _system.RunAsync("chown", "root:edgegate", "/etc/edgegate/admin.token");
        await _system.RunAsync("chmod", "0640", "/etc/edgegate/admin.token");
        _system.Write(Configuration, Json());
        await _system.RunAsync("edgegate", "check");

        await _system.RunAsync("systemctl", "start", "edgegate");

        Assert.Contains("ready:", await _system.RunAsync("edgegate", "status"), StringComparison.Ordinal);
        await AssertServesAsync();
        RawConnection socket = await ConnectAsync(80);
        await socket.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 101 ", await socket.ReadHeadAsync(), StringComparison.Ordinal);
        await EchoAsync(socket);
        RawConnection relay = await ConnectAsync(81);
        await EchoAsync(relay);
    }

    // What the unit says, asked of the kernel.
    private async Task AssertRestrictedAsync()
    {
        string status = await _system.ProcessAsync("status");
        string user = (await _system.RunAsync("id", "-u", "edgegate")).Trim();
        Assert.Contains($"\nUid:\t{user}\t{user}\t{user}\t{user}\n", status, StringComparison.Ordinal);
        foreach (string set in new[] { "CapPrm", "CapEff", "CapBnd", "CapAmb" })
        {
            Assert.Contains($"\n{set}:\t0000000000000400\n", status, StringComparison.Ordinal); // CAP_NET_BIND_SERVICE
        }

        Assert.Contains("\nNoNewPrivs:\t1\n", status, StringComparison.Ordinal);
        Assert.Contains("\nSeccomp:\t2\n", status, StringComparison.Ordinal);
        Assert.Equal("512", await _system.ShowAsync("TasksMax"));
        string[][] mounts = [.. (await _system.ProcessAsync("mountinfo")).Split('\n').Select(line => line.Split(' ')).Where(line => line.Length > 5)];
        foreach (string place in new[] { "/", "/proc/sys", "/sys/fs/cgroup", "/home", "/root" })
        {
            Assert.Contains("ro", mounts.Last(mount => mount[4] == place)[5].Split(','));
        }

        Assert.Contains(mounts, mount => mount[4] == "/tmp" && mount[3].Contains("systemd-private", StringComparison.Ordinal));
        Assert.Contains("hidepid=invisible", string.Join(' ', mounts.Last(mount => mount[4] == "/proc")), StringComparison.Ordinal);
        Assert.DoesNotContain("tty", await _system.RunAsync("ls", $"/proc/{await _system.ShowAsync("MainPID")}/root/dev/pts"), StringComparison.Ordinal);
    }

    private async Task ReloadAsync()
    {
        _system.Write(Configuration, Json(more: """, "more": { "Bind": "127.0.0.1:82", "Protocol": "tcp", "Cluster": "echo" }"""));
        await _system.RunAsync("systemctl", "reload", "edgegate");
        await EchoAsync(await ConnectAsync(82));

        _system.Write(Configuration, Json(more: """, "Backlg": 1"""));
        Assert.NotEqual(0, (await _system.TryAsync("systemctl", "reload", "edgegate")).ExitCode);
        Assert.Contains("Backlg", await _system.RunAsync("journalctl", "--unit", "edgegate", "--no-pager"), StringComparison.Ordinal);
        Assert.Equal("active", await _system.ShowAsync("ActiveState"));

        _system.Write(Configuration, Json());
        await _system.RunAsync("systemctl", "reload", "edgegate");
        await AssertServesAsync();
        await EchoAsync(_clients[0]);
        await EchoAsync(_clients[1]);
    }

    private async Task DrainAsync()
    {
        await _system.RunAsync("systemctl", "stop", "--no-block", "edgegate");
        await Until.TrueAsync(async () => await _system.ShowAsync("ActiveState") == "deactivating", what: "the service to stop");
        await Until.TrueAsync(async () => (await _system.ShowAsync("StatusText")).Contains("drain", StringComparison.OrdinalIgnoreCase), what: "it to drain");
        await EchoAsync(_clients[1]); // which has its DrainTimeout still

        _clients.ForEach(client => client.Dispose());
        await Until.TrueAsync(async () => await _system.ShowAsync("ActiveState") == "inactive", what: "the service to have stopped");
        Assert.Equal("success", await _system.ShowAsync("Result"));
        Assert.Equal("0", await _system.ShowAsync("ExecMainStatus"));
    }

    private async Task WatchAsync()
    {
        Directory.CreateDirectory(_system.Root + "/etc/systemd/system/edgegate.service.d");
        _system.Write("/etc/systemd/system/edgegate.service.d/watchdog.conf", "[Service]\nWatchdogSec=2\n");
        await _system.RunAsync("systemctl", "daemon-reload");
        await _system.RunAsync("systemctl", "start", "edgegate");
        string first = await _system.ShowAsync("WatchdogTimestampMonotonic");
        await Until.TrueAsync(async () => await _system.ShowAsync("WatchdogTimestampMonotonic") != first, what: "the watchdog to be fed");
        Assert.Equal("0", await _system.ShowAsync("NRestarts"));

        await _system.RunAsync("systemctl", "kill", "--kill-whom=main", "--signal=STOP", "edgegate");

        await Until.TrueAsync(async () => await _system.ShowAsync("NRestarts") == "1", what: "a hung daemon to be started again");
        await Until.TrueAsync(async () => await _system.ShowAsync("ActiveState") == "active", what: "it to be ready");
        await AssertServesAsync();
        await _system.RunAsync("systemctl", "stop", "edgegate");
        Directory.Delete(_system.Root + "/etc/systemd/system/edgegate.service.d", recursive: true);
        await _system.RunAsync("systemctl", "daemon-reload");
    }

    private async Task ActivateAsync()
    {
        _system.Write(Configuration, Json(web: "systemd:web"));
        await _system.RunAsync("systemctl", "start", "edgegate.socket");

        await AssertServesAsync(); // the first connection starts the service
        await _system.RunAsync("systemctl", "restart", "edgegate");
        await AssertServesAsync();
    }

    private async Task UpgradeAsync(string package)
    {
        File.Copy(await DebianPackage.NextAsync(package, _folder, _deadline.Token), _system.Root + "/root/next.deb");
        string before = await _system.ShowAsync("MainPID");

        await _system.RunAsync("dpkg", "-i", "--force-confdef", "--force-confold", "/root/next.deb");

        Assert.Equal("99.0.0", await _system.RunAsync("dpkg-query", "-W", "-f", "${Version}", "edgegate"));
        Assert.Equal(Json(web: "systemd:web"), File.ReadAllText(_system.Root + Configuration));
        Assert.EndsWith("// A new default.\n", File.ReadAllText(_system.Root + Configuration + ".dpkg-dist"), StringComparison.Ordinal);
        Assert.NotEqual(before, await _system.ShowAsync("MainPID"));
        await AssertServesAsync();
    }

    private async Task RemoveAsync()
    {
        await _system.RunAsync("dpkg", "--remove", "edgegate");
        Assert.Equal(Json(web: "systemd:web"), File.ReadAllText(_system.Root + Configuration));
        Assert.False(File.Exists(_system.Root + "/usr/lib/edgegate/edgegate"));
        await Assert.ThrowsAnyAsync<SocketException>(() => ConnectAsync(80));

        File.Delete(_system.Root + "/etc/edgegate/admin.token"); // which the administrator made
        await _system.RunAsync("dpkg", "--purge", "edgegate");
        Assert.NotEqual(0, (await _system.TryAsync("getent", "passwd", "edgegate")).ExitCode);
        Assert.Equal("", await _system.RunAsync("find", "/etc", "/usr", "/var", "/lib", "/run", "-xdev", "-name", "*edgegate*", "-not", "-path", "/run/systemd/*"));
    }

    private string Json(string web = "0.0.0.0:80", string more = "") => $$"""
        {
          "EdgeGate": {
            "Listeners": {
              "web": { "Bind": "{{web}}", "Protocol": "http" },
              "echo": { "Bind": "127.0.0.1:81", "Protocol": "tcp", "Cluster": "echo" }{{more}}
            },
            "Admin": { "Bind": "127.0.0.1:9901", "TokenFile": "admin.token" }
          },
          "ReverseProxy": {
            "Routes": { "all": { "ClusterId": "app", "Match": { "Path": "{**path}" } } },
            "Clusters": {
              "app": { "Destinations": { "one": { "Address": "{{_upstream.Address}}" } } },
              "echo": { "Destinations": { "one": { "Address": "tcp://127.0.0.1:{{_upstream.Address.Port}}" } } }
            }
          }
        }
        """;

    // Answers HTTP, takes WebSockets, and sends back all else that it is sent.
    private RawUpstream Upstream() => _network.Do(() => new RawUpstream(
        async connection =>
        {
            string? head = await connection.ReadAsync(4);
            if (head == "GET ")
            {
                head = await connection.ReadHeadAsync();
                bool upgrade = head!.Contains("Upgrade: websocket", StringComparison.OrdinalIgnoreCase);
                await connection.SendAsync(upgrade
                    ? "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
                    : "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
                head = upgrade ? await connection.ReadAsync(4) : null;
            }

            for (; head is not null; head = await connection.ReadAsync(4))
            {
                await connection.SendAsync(head);
            }
        },
        _deadline.Token));

    private async Task AssertServesAsync()
    {
        using var client = new HttpClient(_network.Handler()) { BaseAddress = new Uri("http://127.0.0.1:80") };
        Assert.Equal("ok", await client.GetStringAsync("/", _deadline.Token));
    }

    private static async Task EchoAsync(RawConnection connection)
    {
        await connection.SendAsync("ping");
        Assert.Equal("ping", await connection.ReadAsync(4));
    }

    private async Task<RawConnection> ConnectAsync(int port)
    {
        Socket socket = _network.Open();
        await socket.ConnectAsync(IPAddress.Loopback, port, _deadline.Token);
        var connection = new RawConnection(socket, _deadline.Token);
        _clients.Add(connection);
        return connection;
    }
}
