using EdgeGate.Configuration;

namespace EdgeGate.Limits;

/// <summary>
/// The kernel's memory for what stands in TCP sockets, of all processes together: net.ipv4.tcp_mem, in pages. An idle
/// socket takes none of it. So that each connection can still carry something when all of them do, each socket is counted
/// with the receive buffer that the kernel grants it under pressure (the first number of tcp_rmem), or with the buffers that
/// the configuration fixes: those the kernel does not make smaller.
/// </summary>
/// <remarks>The kernel's ip-sysctl document: tcp_mem, tcp_rmem.</remarks>
internal sealed class SocketMemory : Limit
{
    private const string Setting = "net.ipv4.tcp_mem";
    private const int SocketsOfRelay = 2;

    public override LimitCapacity? Measure(PlanInput input) =>
        input.Facts.TcpMemory is { } memory && Carries(input)
            ? new LimitCapacity(
                "tcp-memory", Setting, SocketBuffers.Bytes(memory.High, input.Facts), 0, PerConnection(input), LimitUnit.Bytes)
            : null;

    public override UnmeasuredLimit? WhyNot(PlanInput input) => Carries(input)
        ? new("tcp-memory", $"{Setting} is not to be seen, as in a network namespace of its own")
        : null;

    public override Remedy RemedyFor(PlanInput input, LimitCapacity capacity, long connections) =>
        Remedy.Sysctl(input, Setting, SocketBuffers.Pages(capacity.Needed(connections), input.Facts));

    public override IEnumerable<Finding> Examine(PlanInput input, long connections)
    {
        if (Measure(input) is { } capacity && capacity.Connections < connections)
        {
            var memory = input.Facts.TcpMemory!.Value;
            yield return new Finding(
                Severity.Warning, capacity.Resource, "the kernel's memory for TCP is small for the plan",
                $"{Setting} = {memory.Low} {memory.Middle} {memory.High} pages: {Say.Number(capacity.Connections)} connections",
                $"{Say.Bytes(capacity.Needed(connections))} for {Say.Number(connections)} connections, "
                + $"{Say.Bytes(capacity.PerConnection)} each",
                "Windows shrink and transfers crawl; TCPMemoryPressures in /proc/net/netstat grows"
                + Say.Now(input.Facts.Netstat.TcpMemoryPressures) + "; "
                + "beyond the last number the kernel logs \"out of memory -- consider tuning tcp_mem\" and connections break.",
                RemedyFor(input, capacity, connections));
        }
    }

    /// <summary>What one connection is counted with, in bytes.</summary>
    public static long PerConnection(PlanInput input)
    {
        long least = SocketsOfRelay * SocketBuffers.LeastOf(input.Facts.TcpReceiveBuffer?.Low, input.Facts);
        return input.Config.Listeners.Where(IsTcp)
            .Select(l => Math.Max(least, SocketBuffers.Fixed(input.Facts, l.Settings))).DefaultIfEmpty(least).Max();
    }

    private static bool Carries(PlanInput input) => input.Config.Listeners.IsEmpty || input.Config.Listeners.Any(IsTcp);

    private static bool IsTcp(ListenerConfig listener) => listener.Protocol != ListenerProtocol.Udp;
}
