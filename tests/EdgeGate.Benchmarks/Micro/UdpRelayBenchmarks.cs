using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using BenchmarkDotNet.Attributes;
using EdgeGate.Layer4;
using EdgeGate.Layer4.Udp;
using EdgeGate.Layer4.Upstreams;
using EdgeGate.Native.Polling;
using EdgeGate.Transport;
using EdgeGate.Transport.Admission;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeGate.Benchmarks.Micro;

/// <summary>
/// The UDP relay in this process, between clients and an echo on blocking sockets, which allocate nothing themselves. A
/// burst of every client there and back is two relayed datagrams for each.
/// </summary>
[MemoryDiagnoser]
public class UdpRelayBenchmarks : IDisposable
{
    /// <summary>How many clients take part in an exchange.</summary>
    public const int Clients = 16;

    /// <summary>How many exchanges the proof makes.</summary>
    public const int ProofExchanges = 10_000;

    private readonly byte[] _question = new byte[100];
    private readonly byte[] _answer = new byte[100];
    private readonly SocketAddress _asker = new(AddressFamily.InterNetwork);
    private readonly Socket[] _clients = new Socket[Clients];
    private ServiceProvider _meters = null!;
    private EventLoopGroup _loops = null!;
    private Socket _upstream = null!;
    private Thread _echo = null!;
    private volatile bool _stopping;

    [GlobalSetup]
    public void Connect()
    {
        _meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
        _loops = new EventLoopGroup(1, PollerKind.Auto, NullLogger<EventLoop>.Instance);
        _upstream = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _upstream.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        UdpListener listener = Listen((IPEndPoint)_upstream.LocalEndPoint!);
        _echo = new Thread(Echo) { IsBackground = true };
        _echo.Start();
        for (int i = 0; i < Clients; i++)
        {
            _clients[i] = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            _clients[i].Connect(listener.EndPoint);
        }

        There_and_back();
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _stopping = true;
        _clients[0].Send(_question); // wakes the echo
        _echo.Join();
        Array.ForEach(_clients, client => client.Dispose());
        _upstream.Dispose();
        _loops.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _meters.Dispose();
    }

    [Benchmark(OperationsPerInvoke = Clients)]
    public void There_and_back()
    {
        for (int i = 0; i < Clients; i++)
        {
            _clients[i].Send(_question);
        }

        for (int i = 0; i < Clients; i++)
        {
            _clients[i].Receive(_answer);
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

    private UdpListener Listen(IPEndPoint origin)
    {
        var metrics = new TransportMetrics(_meters.GetRequiredService<IMeterFactory>());
        var cluster = new UpstreamCluster("echo");
        cluster.Configure(new UpstreamSettings(), [new ResolvedDestination("one", $"udp://{origin}", [origin])]);
        var options = new UdpRelayOptions { FlowIdleTimeout = TimeSpan.FromHours(1) };
        UdpListener listener = UdpListener.Bind(
            new ListenerOptions { Name = "echo", Protocol = "udp", EndPoint = new IPEndPoint(IPAddress.Loopback, 0) },
            new TransportServices(_loops, new AdmissionGate(Clients, Clients), metrics, NullLogger<Listener>.Instance));
        listener.Serve(
            new UdpRelayLane(cluster, options, new RelayMetrics(metrics.Meter), NullLogger<UdpRelayLane>.Instance));
        return listener;
    }

    private void Echo()
    {
        byte[] buffer = new byte[_question.Length];
        while (!_stopping)
        {
            int count = _upstream.ReceiveFrom(buffer, SocketFlags.None, _asker);
            _upstream.SendTo(buffer.AsSpan(0, count), SocketFlags.None, _asker);
        }
    }
}
