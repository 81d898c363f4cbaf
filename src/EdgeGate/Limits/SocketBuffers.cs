using EdgeGate.Configuration;
using EdgeGate.Layer4.Udp;
using EdgeGate.Native.Kernel;

namespace EdgeGate.Limits;

/// <summary>SO_RCVBUF and SO_SNDBUF: the kernel silently caps them at net.core.rmem_max and wmem_max.</summary>
internal sealed class SocketBuffers : Limit
{
    /// <summary>What SO_RCVBUF or SO_SNDBUF really lets stand in a socket: twice what is granted, socket(7).</summary>
    public static long Granted(long wanted, long? most) => 2 * Math.Min(wanted, most ?? wanted);

    /// <summary>The buffers of a connection that the configuration fixes, in bytes; 0 where the kernel tunes them.</summary>
    public static long Fixed(KernelFacts facts, ListenerSettings settings) =>
        Granted(settings.ReceiveBuffer ?? 0, facts.ReceiveBufferMax) + Granted(settings.SendBuffer ?? 0, facts.SendBufferMax);

    /// <summary>The least that a socket may hold, in whole pages: it is taken by pages.</summary>
    public static long LeastOf(long? bytes, KernelFacts facts) =>
        (Math.Max(1, bytes ?? 0) + facts.PageSize - 1) / facts.PageSize * facts.PageSize;

    /// <summary>Pages in bytes; what is without limit stays so.</summary>
    public static long Bytes(long pages, KernelFacts facts) => Math.Min(pages, long.MaxValue / facts.PageSize) * facts.PageSize;

    /// <summary>The three numbers of tcp_mem or udp_mem, in pages, whose last holds so many bytes.</summary>
    public static string Pages(long bytes, KernelFacts facts)
    {
        long high = (bytes + facts.PageSize - 1) / facts.PageSize;
        return $"{high / 2} {high * 3 / 4} {high}";
    }

    public override IEnumerable<Finding> Examine(PlanInput input, long connections)
    {
        foreach (var listener in input.Config.Listeners)
        {
            var settings = listener.Settings;
            var facts = input.Facts;
            if (listener.Protocol == ListenerProtocol.Udp && Bursts(input, listener) is { } bursts)
            {
                yield return bursts;
            }
            else if (Clamped(input, listener.Name, "ReceiveBuffer", settings.ReceiveBuffer, "net.core.rmem_max", facts.ReceiveBufferMax)
                is { } receive)
            {
                yield return receive;
            }

            if (Clamped(input, listener.Name, "SendBuffer", settings.SendBuffer, "net.core.wmem_max", facts.SendBufferMax)
                is { } send)
            {
                yield return send;
            }
        }
    }

    // A UDP listener's clients share one buffer, and what finds no room in it is lost.
    private static Finding? Bursts(PlanInput input, ListenerConfig listener)
    {
        long? most = input.Facts.ReceiveBufferMax;
        long wanted = listener.Settings.ReceiveBuffer ?? UdpListener.DefaultReceiveBufferBytes;
        return wanted > most
            ? new Finding(
                listener.Settings.ReceiveBuffer is null ? Severity.Info : Severity.Warning, "udp-receive-buffer",
                $"the receive buffer of {listener.Name} is cut down to net.core.rmem_max",
                $"net.core.rmem_max = {most}", $"{wanted}{(listener.Settings.ReceiveBuffer is null ? "" : " (ReceiveBuffer)")}",
                "Bursts lose datagrams sooner than they must; edgegate_datagrams_dropped_total with reason queue grows.",
                Remedy.Sysctl(input, "net.core.rmem_max", wanted))
            : null;
    }

    private static Finding? Clamped(
        PlanInput input, string listener, string key, int? wanted, string setting, long? most) =>
        wanted > most
            ? new Finding(
                Severity.Warning, key == "ReceiveBuffer" ? "receive-buffer" : "send-buffer",
                $"the {key} of {listener} is cut down to {setting}",
                $"{setting} = {most}", $"{wanted} ({key})",
                "Transfers over long distances are slower than planned: the window never grows to the wanted size.",
                Remedy.Sysctl(input, setting, wanted.Value))
            : null;
}
