using System.Globalization;
using EdgeGate.Benchmarks.Comparison;
using EdgeGate.Benchmarks.Comparison.Load;
using EdgeGate.Benchmarks.Comparison.Report;
using EdgeGate.Benchmarks.Comparison.Upstream;
using EdgeGate.Limits;
using EdgeGate.Tests.Fuzzing;

namespace EdgeGate.Benchmarks.Constants;

/// <summary>
/// Measures what an idle connection of each lane takes of memory, and holds it against what the capacity plan counts.
/// </summary>
internal sealed class ConstantsCommand
{
    internal const string Usage = "constants [--repetitions N] [--edgegate FILE] [--lane NAME]";

    /// <summary>A compiled-in constant may be off by this share of what is measured.</summary>
    private const double Tolerance = 0.15;

    private const int Few = 500; // they pay for the code that serves them, and for what the heap takes at first
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1.5);

    private static readonly IdleLane[] Lanes =
    [
        new("tcp", ConnectionCost.TcpRelay, 8000, gateway => new ClientLoad(gateway.TcpPort, Exchange.Ping)),
        new("tls", ConnectionCost.TlsRelay, 8000, gateway => new ClientLoad(gateway.TlsPort, Exchange.Echo(FuzzTarget.Read("hello-curl").Single()))),
        new("udp", ConnectionCost.UdpFlow, 8000, gateway => new FlowLoad(gateway.UdpPort)),
        new("http", ConnectionCost.HttpKeepAlive, 8000, gateway => new ClientLoad(gateway.HttpPort, Exchange.Get)),
        new("websocket", ConnectionCost.WebSocket, 8000, gateway => new ClientLoad(gateway.HttpPort, Exchange.Upgrade)),
        new("https", ConnectionCost.HttpsKeepAlive, 4000, gateway => new TlsLoad(gateway.HttpsPort, gateway.Certificate, Exchange.Get)),
        new("wss", ConnectionCost.SecureWebSocket, 4000, gateway => new TlsLoad(gateway.HttpsPort, gateway.Certificate, Exchange.Upgrade)),
    ];

    private int Repetitions { get; set; } = 3;

    private string EdgeGate { get; set; } = Path.Combine(AppContext.BaseDirectory, "edgegate.dll");

    private string? Only { get; set; }

    /// <summary>Reads the arguments; null if they are wrong.</summary>
    internal static ConstantsCommand? Parse(ReadOnlySpan<string> arguments)
    {
        var command = new ConstantsCommand();
        for (; arguments.Length >= 2; arguments = arguments[2..])
        {
            string value = arguments[1];
            switch (arguments[0])
            {
                case "--repetitions" when int.TryParse(value, CultureInfo.InvariantCulture, out int count) && count > 0:
                    command.Repetitions = count;
                    break;
                case "--edgegate" when File.Exists(value):
                    command.EdgeGate = Path.GetFullPath(value);
                    break;
                case "--lane" when Lanes.Any(lane => lane.Name == value):
                    command.Only = value;
                    break;
                default:
                    return null;
            }
        }

        return arguments.IsEmpty ? command : null;
    }

    /// <summary>Measures; 1 if a constant is off.</summary>
    internal int Run()
    {
        UpstreamPorts ports = UpstreamPorts.Free();
        using var upstream = new ChildProcess(ChildProcess.Self(
            UpstreamServer.Command, ports.Echo, ports.Source, ports.Http, ports.Datagrams, ports.Counter));
        upstream.WaitUntilListening(ports.Http);
        Console.WriteLine("bytes           user: measured  compiled    kernel: measured  compiled   buffers   charged: measured  compiled    base: user  kernel");
        bool good = true;
        foreach (IdleLane lane in Lanes.Where(lane => Only is null || lane.Name == Only))
        {
            good &= Report(lane, [.. Enumerable.Range(0, Repetitions).Select(_ => Measure(lane, ports))]);
        }

        return good ? 0 : 1;
    }

    private IdleFigures Measure(IdleLane lane, UpstreamPorts ports)
    {
        using MemoryGroup? group = MemoryGroup.TryCreate();
        using var gateway = new ConstantsGateway(EdgeGate, ports, group);
        using IIdleLoad load = lane.Open(gateway);
        load.Grow(Few);
        MemoryPoint few = Settle(Few, gateway, group);
        load.Grow(lane.Connections - Few);
        return IdleFigures.Between(few, Settle(lane.Connections, gateway, group));
    }

    // What was freed goes back to the system a little later, and the collector may still be at it.
    private static MemoryPoint Settle(int connections, ConstantsGateway gateway, MemoryGroup? group)
    {
        Thread.Sleep(Settling);
        return MemoryPoint.Read(connections, gateway, group);
    }

    private static bool Report(IdleLane lane, IdleFigures[] figures)
    {
        double Median(Func<IdleFigures, double?> figure) => Result.Median([.. figures.Select(f => figure(f) ?? double.NaN)]);
        double user = Median(f => f.UserEach), kernel = Median(f => f.KernelEach), charged = Median(f => f.ChargedEach);
        var off = new List<string>();
        if (IsOff(user, lane.Compiled.UserBytes))
        {
            off.Add("user");
        }

        if (IsOff(kernel, lane.Compiled.KernelBytes))
        {
            off.Add("kernel");
        }

        if (IsOff(charged, lane.Compiled.ChargedBytes))
        {
            off.Add("charged");
        }

        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"{lane.Name,-18}{user,12:#,0}{lane.Compiled.UserBytes,10:#,0}{kernel,20:#,0}{lane.Compiled.KernelBytes,10:#,0}{Median(f => f.BuffersEach),10:#,0}{charged,20:#,0}{lane.Compiled.ChargedBytes,10:#,0}{Median(f => f.UserBase) / (1 << 20),10:0.0} MB{Median(f => f.ChargedBase) / (1 << 20),6:0.0} MB");
        Console.WriteLine(line + (off.Count == 0 ? "" : $"   OFF by more than {Tolerance:P0}: {string.Join(", ", off)}"));
        return off.Count == 0;
    }

    private static bool IsOff(double measured, long compiled) => Math.Abs(compiled - measured) > Tolerance * measured;
}
