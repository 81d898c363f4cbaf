namespace EdgeGate.Limits;

/// <summary>Kernel memory of all TCP sockets together: net.ipv4.tcp_mem, in pages.</summary>
internal sealed class SocketMemory : Limit
{
    public override IEnumerable<Finding> Examine(PlanInput input, long connections)
    {
        // An idle socket holds no buffer; one small message that nobody has read yet takes a page.
        var pages = connections * ConnectionCost.Dearest(input.Config).Descriptors;
        if (input.Facts.TcpMemory is { } memory && memory.Middle < pages)
        {
            yield return new Finding(
                Severity.Warning, "tcp-memory", "the kernel's memory for TCP is small for the plan",
                $"net.ipv4.tcp_mem = {memory.Low} {memory.Middle} {memory.High}",
                $"{Say.Number(pages)} pages ({Say.Bytes(pages * input.Facts.PageSize)}) before pressure: one for each socket",
                "Windows shrink and transfers crawl; TCPMemoryPressures in /proc/net/netstat grows"
                + Say.Now(input.Facts.Netstat.TcpMemoryPressures) + "; "
                + "beyond the last number the kernel logs \"out of memory -- consider tuning tcp_mem\".",
                $"net.ipv4.tcp_mem = {pages * 3 / 4} {pages} {pages * 3 / 2}");
        }
    }
}
