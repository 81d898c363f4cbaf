using System.Globalization;
using EdgeGate.Configuration;
using EdgeGate.Layer4.Udp;
using EdgeGate.Native.Kernel;

namespace EdgeGate.Limits.Tuning;

/// <summary>The kernel's memory for sockets, and the service's.</summary>
internal sealed class MemoryTuning(PlanInput input, long connections, TuningProfile profile)
{
    private const string ReceiveMost = "net.core.rmem_max";
    private const string SendMost = "net.core.wmem_max";

    private readonly bool _dense = profile == TuningProfile.Density;

    /// <summary>MemoryMax of the service: what the plan needs, after MemoryFraction.</summary>
    public long ServiceMebibytes => Memory.NeededMebibytes(input, connections);

    public IEnumerable<Setting> Settings()
    {
        yield return Triple(
            "net.ipv4.tcp_mem", connections * SocketMemory.PerConnection(input), input.Facts.TcpMemory,
            $"Pages for all TCP sockets: before the kernel saves, and before it refuses; {(_dense ? "as many as each can be granted" : "eight times as many as each must have")}.");
        if (input.Config.Listeners.Any(l => l.Protocol == ListenerProtocol.Udp))
        {
            yield return Triple(
                "net.ipv4.udp_mem", DatagramMemory.Needed(input, connections), input.Facts.UdpMemory, "The same for UDP.");
        }

        yield return new Setting(
            SettingTarget.Sysctl, "net.ipv4.tcp_rmem",
            $"4096 {(_dense ? 32_768 : 131_072)} {Math.Max(MostOf(profile), Asked(input, l => l.Settings.ReceiveBuffer))}",
            "A socket's receive buffer: least, at the beginning, and as far as it may grow by itself.");
        yield return new Setting(
            SettingTarget.Sysctl, "net.ipv4.tcp_wmem",
            $"4096 {(_dense ? 16_384 : 65_536)} {Math.Max(MostOf(profile), Asked(input, l => l.Settings.SendBuffer))}",
            "A socket's send buffer, likewise.");
        yield return MachineTuning.Sysctl(
            ReceiveMost, input.Facts.ReceiveBufferMax ?? 0,
            "The most that ReceiveBuffer may ask for; above it the kernel silently takes less.");
        yield return MachineTuning.Sysctl(
            SendMost, input.Facts.SendBufferMax ?? 0, "The most that SendBuffer may ask for.");
    }

    public IEnumerable<string> Notes()
    {
        long needed = ServiceMebibytes << 20;
        if (input.Facts.TotalMemory is { } total && total < needed)
        {
            yield return $"This machine has {Say.Bytes(total)} of memory; {Say.Number(connections)} connections want "
                + $"{Say.Bytes(needed)}, MemoryFraction {input.Config.Limits.MemoryFraction} counted in.";
        }
    }

    /// <summary>
    /// The machine with the maxima that it will have: more of the buffers that are asked for is granted then, and they
    /// take more memory.
    /// </summary>
    public static PlanInput WithBuffers(PlanInput input, TuningProfile profile)
    {
        long receive = Asked(input, l =>
            l.Settings.ReceiveBuffer ?? (l.Protocol == ListenerProtocol.Udp ? UdpListener.DefaultReceiveBufferBytes : null));
        KernelFacts facts = Raise(input.Facts, ReceiveMost, input.Facts.ReceiveBufferMax, Math.Max(MostOf(profile), receive));
        facts = Raise(
            facts, SendMost, facts.SendBufferMax, Math.Max(MostOf(profile), Asked(input, l => l.Settings.SendBuffer)));
        return input with { Facts = facts };
    }

    private static KernelFacts Raise(KernelFacts facts, string key, long? has, long wanted) => facts with
    {
        Sysctls = facts.Sysctls.SetItem(key, MachineTuning.AtLeast(has, wanted).ToString(CultureInfo.InvariantCulture)),
    };

    private static long MostOf(TuningProfile profile) => profile == TuningProfile.Density ? 1 << 20 : 16 << 20;

    private static long Asked(PlanInput input, Func<ListenerConfig, int?> buffer) =>
        input.Config.Listeners.Select(l => (long?)buffer(l) ?? 0).DefaultIfEmpty().Max();

    // Each number at least what the machine has; an eighth more than the plan needs, so that this is not what binds.
    private Setting Triple(string key, long bytes, Triple? has, string why)
    {
        long high = Math.Max(65_536, (_dense ? 1 : 8) * ((bytes + (bytes / 8)) / input.Facts.PageSize + 1));
        long[] wanted = [Math.Max(high / 2, has?.Low ?? 0), Math.Max(high * 3 / 4, has?.Middle ?? 0), Math.Max(high, has?.High ?? 0)];
        return new Setting(SettingTarget.Sysctl, key, string.Join(' ', wanted), why);
    }
}
