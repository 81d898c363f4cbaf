using System.Net;
using System.Net.WebSockets;
using EdgeGate.FunctionalTests.Daemon;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace EdgeGate.FunctionalTests.Takeover;

/// <summary>Reloads, changes of certificates and takeovers under load: no client may notice any.</summary>
public sealed class NoLossTests : DaemonTests, IDisposable
{
    private readonly TcpUpstream _echo = TcpUpstream.Echo();
    private readonly TestCertificate _certificate = new(["localhost"]);
    private readonly TemporaryFolder _folder = new();
    private readonly DaemonConfiguration _configuration = new();
    private readonly List<DaemonProcess> _daemons = [];
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(4)); // half a minute, where nobody else works

    [Theory]
    [InlineData(10, false)]
    [InlineData(3, true)] // the sockets come from systemd-socket-activate
    public async Task Nothing_is_refused_reset_or_lost(int rounds, bool activated)
    {
        await using AppUpstream app = await AppUpstream.StartAsync(Map);
        IPEndPoint[] at = [.. Enumerable.Range(0, 3).Select(_ => new IPEndPoint(IPAddress.Loopback, Ports.Free()))];
        Configure(app, activated ? ["systemd:web", "systemd:secure", "systemd:relay"] : [.. at.Select(a => a.ToString())]);
        _daemons.Add(activated ? await ActivateAsync(at) : await DaemonProcess.StartAsync(_configuration));
        using var load = new SteadyLoad(_deadline.Token);
        load.KeepAlive(at[0]);
        load.KeepAlive(at[0]);
        load.Requests(at[0]);
        load.Secure(at[1]);
        load.WebSocket(at[0]);
        load.Relay(at[2], stays: true);
        load.Relay(at[2], stays: false);

        for (int round = 0; round < rounds; round++)
        {
            await ReloadAsync(round, "1");
            await ReloadedByAsync(RenewCertificate);
            await ReloadAsync(round, "2");
            var fresh = DaemonProcess.TakeOver(_configuration);
            _daemons.Add(fresh);
            await fresh.SaysAsync("Serving: ");
        }

        await load.StopAsync();
        Report(string.Join(", ", load.Done.OrderBy(kind => kind.Key).Select(kind => $"{kind.Value} {kind.Key}")));
        Assert.Empty(load.Failures);
        Assert.Equal(6, load.Done.Count);
        foreach (DaemonProcess old in _daemons.SkipLast(1))
        {
            Assert.Equal(0, await old.ExitAsync());
            Assert.Contains("Drained; 0 connections", old.Output, StringComparison.Ordinal);
        }
    }

    public new void Dispose()
    {
        _daemons.ForEach(daemon => _ = daemon.DisposeAsync().AsTask());
        _ = _echo.DisposeAsync().AsTask();
        _certificate.Dispose();
        _folder.Dispose();
        _deadline.Dispose();
        base.Dispose();
    }

    private static void Map(WebApplication app)
    {
        app.UseWebSockets();
        app.MapGet("/", () => Results.Text("hello"));
        app.Map("/socket", async context =>
        {
            using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
            byte[] buffer = new byte[1024];
            while (await socket.ReceiveAsync(buffer, context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } part)
            {
                await socket.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, context.RequestAborted);
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
        });
    }

    private void Configure(AppUpstream app, string[] binds)
    {
        _configuration.WithTakeover(Path.Combine(_folder.Path, "takeover.sock")).With("ReloadOnChange", "true");
        _configuration.With("Defaults", """{ "DrainTimeout": "00:02:00" }""");
        _configuration.Cluster("app", app.Address.ToString());
        _configuration.Cluster("echo", $"tcp://{_echo.EndPoint}");
        _configuration.Route("all", "{**path}", "app");
        _configuration.Bind("web", binds[0], "http");
        _configuration.Bind("secure", binds[1], "https", more: $$"""
            { "Tls": { "Certificates": [ {
                "CertificatePath": "{{_certificate.Files.CertificatePath}}", "KeyPath": "{{_certificate.KeyPath}}" } ] } }
            """);
        _configuration.Bind("relay", binds[2], "tcp", "echo");
    }

    private async Task<DaemonProcess> ActivateAsync(IPEndPoint[] at)
    {
        string activate = await Tool.RequireAsync("systemd-socket-activate", Token);
        var daemon = DaemonProcess.LaunchThrough(
            [activate, .. at.SelectMany(a => new[] { "-l", a.ToString() }), "--fdname=web:secure:relay"], _configuration);
        await daemon.SaysAsync("Listening on");
        using (await at[2].ConnectAsync())
        {
            await daemon.ReadyAsync();
        }

        return daemon;
    }

    /// <summary>A reload that has something to do: the listener of HTTP is built anew, the relay's changes.</summary>
    private Task ReloadAsync(int round, string second)
    {
        _configuration.With("Defaults", $$"""{ "DrainTimeout": "00:02:00", "IdleTimeout": "00:{{10 + round}}:0{{second}}" }""");
        return ReloadedByAsync(() => _daemons[^1].WriteConfiguration(_configuration.ToString()));
    }

    // The change of a file is enough: nobody tells the daemon of it.
    private async Task ReloadedByAsync(Action change)
    {
        int before = _daemons[^1].Output.Split(" reloaded").Length;
        change();
        DaemonProcess daemon = _daemons[^1];
        try
        {
            await Until.TrueAsync(() => daemon.Output.Split(" reloaded").Length > before, TimeSpan.FromSeconds(30), "the reload");
        }
        catch
        {
            Report(daemon.Output);
            throw;
        }
    }

    private void RenewCertificate()
    {
        using var renewed = new TestCertificate(["localhost"]);
        File.Copy(renewed.Files.CertificatePath, _certificate.Files.CertificatePath, overwrite: true);
        File.Copy(renewed.KeyPath, _certificate.KeyPath, overwrite: true);
    }
}
