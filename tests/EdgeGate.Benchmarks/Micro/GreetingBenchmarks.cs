using System.Buffers;
using BenchmarkDotNet.Attributes;
using EdgeGate.Layer4.Tls;
using EdgeGate.Layer4.Upstreams;
using EdgeGate.Tests.Fuzzing;
using EdgeGate.Transport.ProxyProtocol;

namespace EdgeGate.Benchmarks.Micro;

/// <summary>What a connection pays once for its hello and its PROXY header: nanoseconds, and no allocation.</summary>
[MemoryDiagnoser]
public class GreetingBenchmarks
{
    private readonly byte[] _scratch = new byte[ClientHello.MaxMessageBytes];
    private readonly SniRoutes _routes = new(
        [KeyValuePair.Create("*.example.com", new UpstreamCluster("all")), KeyValuePair.Create("a.example.com/h2", new UpstreamCluster("h2"))]);

    private byte[] _hello = [];
    private byte[] _pieces = [];
    private byte[] _line = [];
    private byte[] _block = [];

    // What real clients and HAProxy have sent.
    [GlobalSetup]
    public void Prepare()
    {
        _hello = FuzzTarget.Read("hello-curl").Single();
        _pieces = FuzzTarget.Read("hello-many-records").Single();
        _line = FuzzTarget.Read("proxy-v1-tcp6").Single();
        _block = FuzzTarget.Read("proxy-v2-tcp6-crc").Single();
    }

    [Benchmark]
    public bool Hello_and_route() => Route(_hello);

    [Benchmark]
    public bool Hello_in_many_records_and_route() => Route(_pieces);

    [Benchmark]
    public OperationStatus Header_of_version_1() => ProxyHeader.Parse(_line, out _);

    [Benchmark]
    public OperationStatus Header_of_version_2() => ProxyHeader.Parse(_block, out _);

    private bool Route(byte[] wire) =>
        ClientHello.Read(wire, _scratch, out ClientHello hello) == OperationStatus.Done && _routes.Find(hello) is not null;
}
