using System.Diagnostics.Metrics;
using System.Net;
using EdgeGate.Native.Polling;
using EdgeGate.Transport;
using EdgeGate.Transport.Admission;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeGate.Benchmarks.Comparison.Upstream;

/// <summary>
/// What every proxy has behind it, in a process of its own: a TCP echo, a TCP source that never ends, an HTTP server
/// that gives everybody the same short answer, a UDP echo, and a UDP server that counts. One event loop, so that it costs less than any proxy before it.
/// </summary>
internal static class UpstreamServer
{
    internal const string Command = "serve-upstream";

    /// <summary>Serves until its standard input ends, which it does when the process that started it goes.</summary>
    internal static async Task<int> RunAsync(UpstreamPorts ports)
    {
        using ServiceProvider meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
        await using var loops = new EventLoopGroup(1, PollerKind.Auto, NullLogger<EventLoop>.Instance);
        var services = new TransportServices(
            loops,
            new AdmissionGate(long.MaxValue, long.MaxValue),
            new TransportMetrics(meters.GetRequiredService<IMeterFactory>()),
            NullLogger<Listener>.Instance);
        ListenDatagrams(loops.Loops[0], new DatagramEcho(ports.Datagrams));
        ListenDatagrams(loops.Loops[0], new DatagramCounter(ports.Counter));
        Listen(services, "echo", ports.Echo, static (in socket) => new EchoConnection(socket));
        Listen(services, "source", ports.Source, static (in socket) => new SourceConnection(socket));
        // Last, because who waits for it takes the rest for granted.
        Listen(services, "http", ports.Http, static (in socket) => new HttpConnection(socket));
        await Console.In.ReadToEndAsync();
        return 0;
    }

    private static void ListenDatagrams(EventLoop loop, LoopSocket socket) =>
        loop.Post(_ => socket.Attach(loop), null);

    private static void Listen(TransportServices services, string name, int port, UpstreamLane.Factory create)
    {
        var options = new ListenerOptions
        {
            Name = name,
            Protocol = "tcp",
            EndPoint = new IPEndPoint(IPAddress.Loopback, port),
        };
        Listener.Bind(options, services).Serve(new UpstreamLane(create));
    }
}
