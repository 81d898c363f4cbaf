using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;

namespace EdgeGate.Benchmarks.Comparison.Peers;

/// <summary>The process of <see cref="StockPeer"/>: an ordinary web application that is nothing but YARP.</summary>
internal static class StockServer
{
    internal const string Command = "serve-stock";

    internal static async Task<int> RunAsync(int port, int upstream, bool inline)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = inline);
        builder.Services.AddReverseProxy().LoadFromMemory(
            [new RouteConfig { RouteId = "all", ClusterId = "http", Match = new RouteMatch { Path = "{**path}" } }],
            [
                new ClusterConfig
                {
                    ClusterId = "http",
                    Destinations = new Dictionary<string, DestinationConfig>
                    {
                        ["one"] = new() { Address = $"http://127.0.0.1:{upstream}/" },
                    },
                },
            ]);

        await using WebApplication app = builder.Build();
        app.MapReverseProxy();
        await app.StartAsync();
        await Console.In.ReadToEndAsync(); // ends when the process that started this one goes
        return 0;
    }
}
