using EdgeGate.Configuration;
using EdgeGate.Layer4.Udp;

namespace EdgeGate.Limits;

/// <summary>SO_RCVBUF and SO_SNDBUF: the kernel silently caps them at net.core.rmem_max and wmem_max.</summary>
internal sealed class SocketBuffers : Limit
{
    public override IEnumerable<Finding> Examine(PlanInput input, long connections)
    {
        foreach (var listener in input.Config.Listeners)
        {
            var settings = listener.Settings;
            var facts = input.Facts;
            if (listener.Protocol == ListenerProtocol.Udp && Bursts(listener, facts.ReceiveBufferMax) is { } bursts)
            {
                yield return bursts;
            }
            else if (Clamped(listener.Name, "ReceiveBuffer", settings.ReceiveBuffer, "net.core.rmem_max", facts.ReceiveBufferMax)
                is { } receive)
            {
                yield return receive;
            }

            if (Clamped(listener.Name, "SendBuffer", settings.SendBuffer, "net.core.wmem_max", facts.SendBufferMax)
                is { } send)
            {
                yield return send;
            }
        }
    }

    // A UDP listener's clients share one buffer, and what finds no room in it is lost.
    private static Finding? Bursts(ListenerConfig listener, long? most)
    {
        long wanted = listener.Settings.ReceiveBuffer ?? UdpListener.DefaultReceiveBufferBytes;
        return wanted > most
            ? new Finding(
                listener.Settings.ReceiveBuffer is null ? Severity.Info : Severity.Warning, "udp-receive-buffer",
                $"the receive buffer of {listener.Name} is cut down to net.core.rmem_max",
                $"net.core.rmem_max = {most}", $"{wanted}{(listener.Settings.ReceiveBuffer is null ? "" : " (ReceiveBuffer)")}",
                "Bursts lose datagrams sooner than they must; edgegate_datagrams_dropped_total with reason queue grows.",
                $"net.core.rmem_max = {wanted}")
            : null;
    }

    private static Finding? Clamped(string listener, string key, int? wanted, string setting, long? most) =>
        wanted > most
            ? new Finding(
                Severity.Warning, key == "ReceiveBuffer" ? "receive-buffer" : "send-buffer",
                $"the {key} of {listener} is cut down to {setting}",
                $"{setting} = {most}", $"{wanted} ({key})",
                "Transfers over long distances are slower than planned: the window never grows to the wanted size.",
                $"{setting} = {wanted}")
            : null;
}
