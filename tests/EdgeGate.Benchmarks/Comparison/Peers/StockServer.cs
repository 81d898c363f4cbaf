using System.Globalization;
using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;

namespace EdgeGate.Benchmarks.Comparison.Peers;

/// <summary>The process of <see cref="StockPeer"/>: an ordinary web application that is nothing but YARP.</summary>
internal static class StockServer
{
    internal const string Command = "serve-stock";

    /// <summary>Where it tells what its heap has given out.</summary>
    internal const string AllocatedPath = "/allocated";

    internal static async Task<int> RunAsync(ReadOnlyMemory<string> arguments)
    {
        int[] ports = [.. arguments[..4].ToArray().Select(port => int.Parse(port, CultureInfo.InvariantCulture))];
        string[] rest = arguments[4..].ToArray();
        using X509Certificate2 certificate = X509Certificate2.CreateFromPemFile(rest[1], rest[2]);
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, ports, certificate));
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = bool.Parse(rest[0]));
        builder.Services.AddReverseProxy().LoadFromMemory(
            [new RouteConfig { RouteId = "all", ClusterId = "http", Match = new RouteMatch { Path = "{**path}" } }],
            [
                new ClusterConfig
                {
                    ClusterId = "http",
                    Destinations = new Dictionary<string, DestinationConfig>
                    {
                        ["one"] = new() { Address = $"http://127.0.0.1:{ports[3]}/" },
                    },
                },
            ]);

        await using WebApplication app = builder.Build();
        app.MapGet(AllocatedPath, () => GC.GetTotalAllocatedBytes());
        app.MapReverseProxy();
        await app.StartAsync();
        await Console.In.ReadToEndAsync(); // ends when the process that started this one goes
        return 0;
    }

    private static void Listen(KestrelServerOptions kestrel, int[] ports, X509Certificate2 certificate)
    {
        kestrel.Listen(IPAddress.Loopback, ports[1], listener => listener.Protocols = HttpProtocols.Http2);
        kestrel.Listen(IPAddress.Loopback, ports[2], listener => listener.UseHttps(
            https =>
            {
                https.ServerCertificate = certificate;
                https.SslProtocols = SslProtocols.Tls13;
            }));
        // Last, because who waits for it takes the rest for granted.
        kestrel.Listen(IPAddress.Loopback, ports[0]);
    }
}
