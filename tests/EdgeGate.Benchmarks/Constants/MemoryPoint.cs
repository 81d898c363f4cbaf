using System.Globalization;
using EdgeGate.Benchmarks.Comparison;

namespace EdgeGate.Benchmarks.Constants;

/// <summary>What memory is taken while so many connections are idle, in bytes.</summary>
/// <param name="Connections">How many.</param>
/// <param name="User">The daemon's own, without pages of files.</param>
/// <param name="Machine">The kernel's slabs, of the whole machine.</param>
/// <param name="Buffers">What the kernel counts as buffers of all sockets, against tcp_mem and udp_mem.</param>
/// <param name="Charged">The kernel's as far as it is charged to the daemon's control group; null without one.</param>
internal readonly record struct MemoryPoint(int Connections, long User, long Machine, long Buffers, long? Charged)
{
    internal static MemoryPoint Read(int connections, ConstantsGateway gateway, MemoryGroup? group) => new(
        connections, ProcessUsage.OwnMemory(gateway.ProcessId), Slabs(), SocketBuffers(), group?.KernelBytes());

    private static long Slabs() =>
        1024 * Number(File.ReadLines("/proc/meminfo").First(l => l.StartsWith("Slab:", StringComparison.Ordinal)), "Slab:");

    private static long SocketBuffers() => Environment.SystemPageSize * File.ReadLines("/proc/net/sockstat")
        .Where(l => l.StartsWith("TCP:", StringComparison.Ordinal) || l.StartsWith("UDP:", StringComparison.Ordinal))
        .Sum(l => Number(l, "mem"));

    // The number that follows a word.
    private static long Number(string line, string word)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return long.Parse(words[Array.IndexOf(words, word) + 1], CultureInfo.InvariantCulture);
    }
}
