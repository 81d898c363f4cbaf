using System.Buffers;

namespace EdgeGate.Tests.Fuzzing;

/// <summary>A short run of each fuzz target; <c>EdgeGate.Benchmarks -- fuzz</c> makes long ones.</summary>
public sealed class FuzzTests
{
    private const int Inputs = 50_000;

    [Fact]
    public void A_client_hello_is_read_or_refused() => Run(new ClientHelloFuzzTarget());

    [Fact]
    public void A_proxy_header_is_read_or_refused() => Run(new ProxyHeaderFuzzTarget());

    [Fact]
    public void An_upstreams_response_is_read_or_refused() => Run(new ResponseFuzzTarget());

    private static void Run(FuzzTarget target)
    {
        foreach (byte[] seed in target.Seeds)
        {
            Assert.Equal(OperationStatus.Done, target.Check(seed, new Random(0)));
        }

        var results = Fuzzer.Run(target, Inputs);

        // A run that reached only one end would prove little.
        Assert.All(
            [OperationStatus.Done, OperationStatus.NeedMoreData, OperationStatus.InvalidData],
            status => Assert.InRange(results.GetValueOrDefault(status), Inputs / 100, Inputs));
    }
}
