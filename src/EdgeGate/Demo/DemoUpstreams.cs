using System.Net;
using System.Net.WebSockets;
using EdgeGate.Daemon;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeGate.Demo;

/// <summary>
/// The servers that the demonstration forwards to: a page that tells what reached it, a WebSocket echo at /ws, a TCP
/// echo and a UDP echo. They listen on loopback ports that the kernel chooses.
/// </summary>
internal sealed class DemoUpstreams : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly DatagramEcho _datagrams = new();

    private DemoUpstreams(WebApplication app)
    {
        _app = app;
        string[] addresses =
        [
            .. app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses,
        ];
        Site = new Uri(addresses[0]);
        Echo = IPEndPoint.Parse(new Uri(addresses[1]).Authority);
    }

    /// <summary>The HTTP and WebSocket server.</summary>
    public Uri Site { get; }

    /// <summary>The TCP echo.</summary>
    public IPEndPoint Echo { get; }

    /// <summary>The UDP echo.</summary>
    public IPEndPoint Datagrams => _datagrams.EndPoint;

    public static async Task<DemoUpstreams> StartAsync()
    {
        WebApplicationBuilder builder = EmptyHost.Create(NullLoggerFactory.Instance);
        builder.Services.AddRoutingCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Run(EchoBytesAsync));
        });
        WebApplication app = builder.Build();
        app.UseWebSockets();
        app.Map("/ws", EchoMessagesAsync);
        app.MapFallback(DescribeAsync);
        await app.StartAsync();
        return new DemoUpstreams(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        await _datagrams.DisposeAsync();
    }

    private static async Task DescribeAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync($"Hello from the embedded upstream.\n\n{request.Method} {request.Path}{request.QueryString} {request.Protocol}\n");
        foreach (var (name, value) in request.Headers.OrderBy(h => h.Key, StringComparer.OrdinalIgnoreCase))
        {
            await context.Response.WriteAsync($"{name}: {value}\n");
        }
    }

    private static async Task EchoMessagesAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            await context.Response.WriteAsync("This is a WebSocket echo.\n");
            return;
        }

        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        byte[] buffer = new byte[16 * 1024];
        while (true)
        {
            ValueWebSocketReceiveResult got = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
            if (got.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
                return;
            }

            await socket.SendAsync(buffer.AsMemory(0, got.Count), got.MessageType, got.EndOfMessage, context.RequestAborted);
        }
    }

    private static Task EchoBytesAsync(ConnectionContext connection) =>
        connection.Transport.Input.CopyToAsync(connection.Transport.Output, connection.ConnectionClosed);
}
