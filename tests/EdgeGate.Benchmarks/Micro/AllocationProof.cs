using System.Globalization;

namespace EdgeGate.Benchmarks.Micro;

/// <summary>Shows that a relay event allocates nothing; fails if it does.</summary>
internal static class AllocationProof
{
    private const int EventsPerExchange = 2;

    internal static int Run()
    {
        using var relay = new RelayBenchmarks();
        relay.Connect();
        _ = relay.AllocatedBytes(); // until the compiler has seen enough
        long bytes = relay.AllocatedBytes();

        const long Events = (long)RelayBenchmarks.ProofExchanges * EventsPerExchange;
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes allocated in {Events:#,0} relay events"));
        return bytes == 0 ? 0 : 1;
    }
}
