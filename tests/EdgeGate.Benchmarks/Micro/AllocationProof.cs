using System.Globalization;

namespace EdgeGate.Benchmarks.Micro;

/// <summary>Shows that neither a relay event nor a relayed datagram allocates anything; fails if it does.</summary>
internal static class AllocationProof
{
    private const int EventsPerExchange = 2;

    internal static int Run()
    {
        using var tcp = new RelayBenchmarks();
        tcp.Connect();
        using var udp = new UdpRelayBenchmarks();
        udp.Connect();
        bool none = AllocatesNothing(
            "TCP relay events", tcp.AllocatedBytes, (long)RelayBenchmarks.ProofExchanges * EventsPerExchange);
        none &= AllocatesNothing(
            "relayed UDP datagrams",
            udp.AllocatedBytes,
            (long)UdpRelayBenchmarks.ProofExchanges * UdpRelayBenchmarks.Clients * EventsPerExchange);
        return none ? 0 : 1;
    }

    private static bool AllocatesNothing(string what, Func<long> allocatedBytes, long events)
    {
        _ = allocatedBytes(); // until the compiler has seen enough
        long bytes = allocatedBytes();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes allocated in {events:#,0} {what}"));
        return bytes == 0;
    }
}
