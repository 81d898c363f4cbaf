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
            if (Clamped(listener.Name, "ReceiveBuffer", settings.ReceiveBuffer, "net.core.rmem_max", facts.ReceiveBufferMax)
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
