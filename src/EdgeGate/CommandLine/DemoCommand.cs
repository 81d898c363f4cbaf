using EdgeGate.Configuration;
using EdgeGate.Daemon;
using EdgeGate.Demo;

namespace EdgeGate.CommandLine;

/// <summary><c>edgegate demo</c>: the daemon in front of upstreams of its own.</summary>
internal static class DemoCommand
{
    public static async Task<int> RunAsync(Terminal terminal, CancellationToken cancellation)
    {
        await using DemoUpstreams upstreams = await DemoUpstreams.StartAsync();
        DemoPorts ports = DemoPorts.Choose();
        LoadedConfiguration loaded = await DemoConfiguration.LoadAsync(upstreams, ports);
        foreach (ConfigurationError error in loaded.Errors)
        {
            await terminal.Error.WriteLineAsync(error.ToString());
        }

        return loaded.Config is null
            ? ExitCode.Configuration
            : await GatewayDaemon.RunAsync(loaded, takeOver: false, () => Say(terminal, ports), cancellation);
    }

    private static void Say(Terminal terminal, DemoPorts ports) => terminal.Output.WriteLine(
        $"""

        {terminal.Bold("EdgeGate is serving.")} Try, in another terminal:

          curl http://127.0.0.1:{ports.Web}/                                    what the upstream sees of a request
          curl --http2-prior-knowledge http://127.0.0.1:{ports.Web}/            the same over HTTP/2
          websocat ws://127.0.0.1:{ports.Web}/ws                                a WebSocket echo
          nc 127.0.0.1 {ports.Echo}                                             a TCP echo, through the relay
          nc -u 127.0.0.1 {ports.Datagrams}                                          a UDP echo, through the relay

          curl http://127.0.0.1:{ports.Admin}/connections                         every connection, live
          curl http://127.0.0.1:{ports.Admin}/limits                              what this machine holds
          curl http://127.0.0.1:{ports.Admin}/metrics                             for Prometheus

        Ctrl+C drains and ends it.

        """);
}
