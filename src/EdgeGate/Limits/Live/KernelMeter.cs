using EdgeGate.Limits.Overload;
using EdgeGate.Native.Kernel;

namespace EdgeGate.Limits.Live;

/// <summary>What the kernel counts: memory, socket memory, tracked connections, and the time lost waiting for memory.</summary>
/// <param name="read">Reads the kernel.</param>
/// <param name="facts">What the kernel's limits are.</param>
/// <param name="memoryFraction">The share of the memory that the gateway counts on.</param>
internal sealed class KernelMeter(Func<KernelLoad> read, Func<KernelFacts> facts, Func<double> memoryFraction) : IResourceMeter
{
    // A quarter of the time lost is a machine that thrashes: a tenth is felt already, and Warn and CloseIdle come before.
    private const double StallCapacity = 0.25;

    /// <summary>The resource of that name: memory of the group or of the process.</summary>
    public const string Memory = "memory";

    private volatile KernelLoad _last = new();

    /// <summary>What was read last.</summary>
    public KernelLoad Last => _last;

    public IEnumerable<ResourceUse> Measure()
    {
        KernelLoad load = _last = read();
        KernelFacts kernel = facts();
        if (MemoryOf(load, kernel) is { } memory)
        {
            yield return memory;
        }

        if (load.Sockets.TcpMemoryPages is { } tcp && kernel.TcpMemory is { } tcpMost)
        {
            yield return InBytes("tcp-memory", tcp, tcpMost, kernel.PageSize, OverloadLevel.Reset);
        }

        if (load.Sockets.UdpMemoryPages is { } udp && kernel.UdpMemory is { } udpMost)
        {
            yield return InBytes("udp-memory", udp, udpMost, kernel.PageSize, OverloadLevel.Warn);
        }

        if (load.ConntrackCount is { } tracked && kernel.ConntrackMax is { } most)
        {
            yield return new ResourceUse("conntrack", tracked, most, OverloadLevel.StopAccepting);
        }

        if (load.MemoryStall is { } stall)
        {
            yield return new ResourceUse("memory-stall", stall, StallCapacity, OverloadLevel.CloseIdle);
        }
    }

    // A group is killed for what all of it uses. Without one, the rest of the machine is none of the gateway's business.
    private ResourceUse? MemoryOf(KernelLoad load, KernelFacts kernel)
    {
        bool grouped = load.GroupMemoryMax < (kernel.TotalMemory ?? long.MaxValue);
        return (grouped ? load.GroupMemory : load.ProcessMemory) is { } used
            && (grouped ? load.GroupMemoryMax : kernel.TotalMemory) is { } all
            ? new ResourceUse(Memory, used, all * memoryFraction(), OverloadLevel.Reset)
            : null;
    }

    // Beyond the middle number the kernel saves, up to the third it still gives: ip-sysctl's tcp_mem.
    private static ResourceUse InBytes(string resource, long pages, Triple most, int pageSize, OverloadLevel highest) =>
        new(resource, (double)pages * pageSize, (double)most.Middle * pageSize, highest);
}
