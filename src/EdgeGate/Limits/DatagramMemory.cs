using EdgeGate.Configuration;
using EdgeGate.Layer4.Udp;

namespace EdgeGate.Limits;

/// <summary>
/// The kernel's memory for what stands in UDP sockets, of all processes together: net.ipv4.udp_mem, in pages. A socket that
/// has received keeps a page of it; the listeners' own sockets are counted with their whole buffer.
/// </summary>
/// <remarks>udp(7): udp_mem, udp_rmem_min.</remarks>
internal sealed class DatagramMemory : Limit
{
    private const string Setting = "net.ipv4.udp_mem";

    public override LimitCapacity? Measure(PlanInput input) =>
        input.Facts.UdpMemory is { } memory && Listeners(input).Any()
            ? new LimitCapacity(
                "udp-memory", Setting, SocketBuffers.Bytes(memory.High, input.Facts), Base(input), PerFlow(input), LimitUnit.Bytes)
            : null;

    public override UnmeasuredLimit? WhyNot(PlanInput input) => Listeners(input).Any()
        ? new("udp-memory", $"{Setting} is not to be seen, as in a network namespace of its own")
        : null;

    public override Remedy RemedyFor(PlanInput input, LimitCapacity capacity, long connections) =>
        Remedy.Sysctl(input, Setting, SocketBuffers.Pages(capacity.Needed(connections), input.Facts));

    public override IEnumerable<Finding> Examine(PlanInput input, long connections)
    {
        if (Measure(input) is { } capacity && capacity.Connections < connections)
        {
            var memory = input.Facts.UdpMemory!.Value;
            yield return new Finding(
                Severity.Warning, capacity.Resource, "the kernel's memory for UDP is small for the plan",
                $"{Setting} = {memory.Low} {memory.Middle} {memory.High} pages: {Say.Number(capacity.Connections)} flows",
                $"{Say.Bytes(capacity.Needed(connections))} for {Say.Number(connections)} flows, "
                + $"{Say.Bytes(capacity.PerConnection)} each, {Say.Bytes(capacity.Base)} for the listeners",
                "Datagrams are lost although buffers have room; MemErrors in /proc/net/snmp grows.",
                RemedyFor(input, capacity, connections));
        }
    }

    /// <summary>What the listeners' sockets and so many flows are counted with, in bytes.</summary>
    public static long Needed(PlanInput input, long connections) => Base(input) + (connections * PerFlow(input));

    private static IEnumerable<ListenerConfig> Listeners(PlanInput input) =>
        input.Config.Listeners.Where(l => l.Protocol == ListenerProtocol.Udp);

    // One socket on each loop.
    private static long Base(PlanInput input) => Listeners(input).Sum(l => input.Loops * SocketBuffers.Granted(
        l.Settings.ReceiveBuffer ?? UdpListener.DefaultReceiveBufferBytes, input.Facts.ReceiveBufferMax));

    private static long PerFlow(PlanInput input) => Math.Max(
        SocketBuffers.LeastOf(input.Facts.UdpReceiveBufferLeast, input.Facts),
        Listeners(input).Select(l => SocketBuffers.Fixed(input.Facts, l.Settings)).DefaultIfEmpty().Max());
}
