using System.Runtime.CompilerServices;
using EdgeGate.Configuration;
using EdgeGate.Native.Kernel;

namespace EdgeGate.Limits;

/// <summary>
/// Memory of the machine or of the control group, whichever is less, times MemoryFraction: the daemon's own and the
/// kernel's, for connections that are idle, and the buffers that the configuration fixes. What is left of the fraction is for those that carry something. Pages of files
/// are not counted: the kernel takes them back.
/// </summary>
internal sealed class Memory : Limit
{
    // The line through what daemons took with 500 and with 8,000 connections begins here: see ConnectionCost. The kernel's
    // part is stacks, page tables and the like.
    private const long JitRuntime = 41L << 20;
    private const long NativeRuntime = 24L << 20;
    private const long JitTls = 9L << 20;
    private const long NativeTls = 4L << 20;

    private static readonly bool IsJit = RuntimeFeature.IsDynamicCodeCompiled;

    public override LimitCapacity? Measure(PlanInput input) =>
        Limiting(input.Facts) is { } limit
            ? new LimitCapacity(
                "memory", limit.Setting, (long)(limit.Bytes * input.Config.Limits.MemoryFraction), Base(input),
                PerConnection(input), LimitUnit.Bytes)
            : null;

    public override UnmeasuredLimit? WhyNot(PlanInput input) =>
        new("memory", "neither a control group's limit nor MemTotal can be read here");

    public override Remedy RemedyFor(PlanInput input, LimitCapacity capacity, long connections) =>
        capacity.Setting == MachineMemory
            ? new Remedy(
                $"\"MaxConnections\": {Math.Max(1, capacity.Connections)}",
                "in the section Limits: no setting gives the machine more memory")
            : Remedy.Memory(input, Mebibytes(input, capacity.Needed(connections)));

    public override IEnumerable<Finding> Examine(PlanInput input, long connections)
    {
        if (Measure(input) is { } capacity && capacity.Connections < connections)
        {
            yield return new Finding(
                Severity.Warning, capacity.Resource, "memory is small for the plan",
                $"{Found(input)} × MemoryFraction {input.Config.Limits.MemoryFraction}: {Say.Number(capacity.Connections)} connections",
                $"{Say.Bytes(capacity.Needed(connections))} for {Say.Number(connections)} connections at "
                + $"{Say.Bytes(capacity.PerConnection)} each, {Say.Bytes(capacity.Base)} for the daemon{Buffers(input)}",
                "The kernel kills the daemon (oom_kill in memory.events) or the machine swaps, once that many connections are there.",
                RemedyFor(input, capacity, connections));
        }
    }

    /// <summary>The memory with which so many connections fit, in MiB, MemoryFraction counted in.</summary>
    public static long NeededMebibytes(PlanInput input, long connections) =>
        Mebibytes(input, Base(input) + (connections * PerConnection(input)));

    private const string MachineMemory = "MemTotal";

    private static long Mebibytes(PlanInput input, long needed) =>
        (long)Math.Ceiling(needed / input.Config.Limits.MemoryFraction / (1 << 20));

    private static (string Setting, long Bytes)? Limiting(KernelFacts facts) => (facts.CgroupMemory, facts.TotalMemory) switch
    {
        ({ } group, var total) when group.Max <= (total ?? long.MaxValue) => (Path.GetFileName(group.File), group.Max),
        (_, { } total) => (MachineMemory, total),
        _ => null,
    };

    private static string Found(PlanInput input) => Limiting(input.Facts) switch
    {
        (MachineMemory, var bytes) => $"{Say.Bytes(bytes)} in the machine",
        var (_, bytes) => $"{input.Facts.CgroupMemory!.File} = {Say.Bytes(bytes)}",
        _ => "unknown",
    };

    private static string Buffers(PlanInput input)
    {
        string[] listeners = [.. input.Config.Listeners.Where(l => SocketBuffers.Fixed(input.Facts, l.Settings) > 0).Select(l => l.Name)];
        return listeners.Length == 0 ? "" : $"; the buffers that ReceiveBuffer and SendBuffer fix for {string.Join(", ", listeners)} count in full";
    }

    private static long Base(PlanInput input)
    {
        bool tls = input.Config.Listeners.Any(l => l.Protocol == ListenerProtocol.Https);
        return IsJit ? JitRuntime + (tls ? JitTls : 0) : NativeRuntime + (tls ? NativeTls : 0);
    }

    private static long PerConnection(PlanInput input)
    {
        bool charged = input.Facts.CgroupMemory is { IsVersionOne: true } group && group.Max <= (input.Facts.TotalMemory ?? long.MaxValue);
        return input.Config.Listeners.Select(Each).DefaultIfEmpty(Sum(ConnectionCost.TcpRelay)).Max();

        long Each(ListenerConfig listener) =>
            Sum(ConnectionCost.Of(listener.Protocol)) + SocketBuffers.Fixed(input.Facts, listener.Settings)
            + (listener.Protocol is ListenerProtocol.Http or ListenerProtocol.Https
                && input.Config.Transport.HttpClient == HttpClientChoice.Sockets ? ConnectionCost.SocketsClientBytes : 0);

        long Sum(ConnectionCost cost) => cost.UserBytes + (charged ? cost.ChargedBytes : cost.KernelBytes);
    }
}
