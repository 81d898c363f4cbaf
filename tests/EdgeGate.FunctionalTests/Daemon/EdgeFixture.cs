using System.Net;
using System.Net.WebSockets;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;
using Microsoft.AspNetCore.Builder;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>One daemon with a listener of each kind, in front of nginx, a WebSocket echo and a TCP echo.</summary>
public sealed class EdgeFixture : IAsyncLifetime
{
    private readonly DaemonConfiguration _configuration = new();
    private readonly TcpUpstream _echo = TcpUpstream.Echo();
    private AppUpstream? _sockets;
    private DaemonProcess? _daemon;
    private NginxUpstream? _nginx;

    internal TestCertificate Certificate { get; } = new(["localhost"]);

    internal Uri Web { get; private set; } = null!;

    internal IPEndPoint Secure { get; private set; } = null!;

    internal IPEndPoint Tcp { get; private set; } = null!;

    internal NginxUpstream Nginx => _nginx!;

    public async ValueTask InitializeAsync()
    {
        _nginx = await NginxUpstream.StartAsync(CancellationToken.None);
        _sockets = await AppUpstream.StartAsync(MapEcho);
        Web = _configuration.Proxy("web", _nginx.Address);
        Secure = _configuration.Listen("secure", "https", more: $$"""
            { "Tls": { "Certificates": [ {
                "CertificatePath": "{{Certificate.Files.CertificatePath}}", "KeyPath": "{{Certificate.Files.KeyPath}}" } ] } }
            """);
        Tcp = _configuration.Relay("tcp", _echo.EndPoint);
        _configuration.Cluster("sockets", _sockets.Address.ToString());
        _configuration.Route("sockets", "/socket", "sockets");
        _daemon = await DaemonProcess.StartAsync(_configuration);
    }

    public async ValueTask DisposeAsync()
    {
        await (_daemon?.DisposeAsync() ?? default);
        await (_sockets?.DisposeAsync() ?? default);
        await (_nginx?.DisposeAsync() ?? default);
        await _echo.DisposeAsync();
        Certificate.Dispose();
    }

    private static void MapEcho(WebApplication app)
    {
        app.UseWebSockets();
        app.Map("/socket", async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            byte[] buffer = new byte[64 * 1024];
            while (await socket.ReceiveAsync(buffer, context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } part)
            {
                await socket.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, context.RequestAborted);
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
        });
    }
}
