using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using BenchmarkDotNet.Attributes;
using EdgeGate.Layer4;
using EdgeGate.Layer4.Upstreams;
using EdgeGate.Native.Polling;
using EdgeGate.Transport;
using EdgeGate.Transport.Admission;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeGate.Benchmarks.Micro;

/// <summary>
/// The relay in this process, between a client and an echo on blocking sockets, which allocate nothing themselves: so
/// what the process allocates while they talk is what the relay allocates. There and back is two relay events.
/// </summary>
[MemoryDiagnoser]
public class RelayBenchmarks : IDisposable
{
    /// <summary>How many there-and-backs the proof makes.</summary>
    public const int ProofExchanges = 100_000;

    private readonly byte[] _request = new byte[100];
    private readonly byte[] _answer = new byte[100];
    private ServiceProvider _meters = null!;
    private EventLoopGroup _loops = null!;
    private Socket _client = null!;
    private Socket _upstream = null!;
    private Thread _echo = null!;

    [GlobalSetup]
    public void Connect()
    {
        _meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
        _loops = new EventLoopGroup(1, PollerKind.Auto, NullLogger<EventLoop>.Instance);
        using var origin = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        origin.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        origin.Listen();
        Listener listener = Listen((IPEndPoint)origin.LocalEndPoint!);
        _client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _client.Connect(listener.EndPoint);
        _upstream = origin.Accept();
        _upstream.NoDelay = true;
        _echo = new Thread(Echo) { IsBackground = true };
        _echo.Start();
        There_and_back();
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _client.Dispose();
        _echo.Join();
        _upstream.Dispose();
        _loops.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _meters.Dispose();
    }

    [Benchmark]
    public void There_and_back()
    {
        _client.Send(_request);
        for (int received = 0; received < _answer.Length;)
        {
            received += _client.Receive(_answer, received, _answer.Length - received, SocketFlags.None);
        }
    }

    /// <summary>The bytes that this process allocates on all its threads during many exchanges.</summary>
    internal long AllocatedBytes()
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < ProofExchanges; i++)
        {
            There_and_back();
        }

        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    private Listener Listen(IPEndPoint origin)
    {
        var metrics = new TransportMetrics(_meters.GetRequiredService<IMeterFactory>());
        var cluster = new UpstreamCluster("echo");
        cluster.Configure(new UpstreamSettings(), [new ResolvedDestination("one", $"tcp://{origin}", [origin])]);
        var lane = new TcpRelayLane(
            cluster, new TcpRelayOptions(), new RelayMetrics(metrics.Meter), NullLogger<TcpRelayLane>.Instance);
        Listener listener = Listener.Bind(
            new ListenerOptions { Name = "echo", Protocol = "tcp", EndPoint = new IPEndPoint(IPAddress.Loopback, 0) },
            new TransportServices(_loops, new AdmissionGate(16, 32), metrics, NullLogger<Listener>.Instance));
        listener.Serve(lane);
        return listener;
    }

    private void Echo()
    {
        byte[] buffer = new byte[_request.Length];
        int count;
        while ((count = _upstream.Receive(buffer)) > 0)
        {
            _upstream.Send(buffer, count, SocketFlags.None);
        }
    }
}
