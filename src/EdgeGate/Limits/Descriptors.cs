using System.Runtime.CompilerServices;
using EdgeGate.Configuration;
using EdgeGate.Native.Kernel;
using EdgeGate.Transport;

namespace EdgeGate.Limits;

/// <summary>
/// File descriptors: RLIMIT_NOFILE (the hard one, since the daemon raises its soft limit to it), capped by
/// fs.nr_open, and by what fs.file-max leaves on the whole machine.
/// </summary>
internal sealed class Descriptors : Limit
{
    /// <summary>
    /// The most that "auto" plans with. systemd may hand over a hard limit of a billion, which says nothing
    /// about the machine.
    /// </summary>
    public const long Ceiling = 1 << 22;

    /// <summary>What is planned with where the limit cannot be read.</summary>
    public const long Assumed = 4096;

    private const string AutoCeiling = "EdgeGate's ceiling for \"auto\"";

    // What an idle daemon was seen to hold beside what it configures: under the JIT two descriptors for each assembly,
    // file and mapping; in a native build next to none. HttpClient and what it needs come with the first request.
    private const int JitRuntime = 222;
    private const int NativeRuntime = 32;
    private const int JitHttpClient = 28;
    private const int NativeHttpClient = 4;

    // An epoll and an eventfd.
    private const int PerLoop = 2;

    // A listening socket, and the descriptor kept for the day when there is no other. UDP has a socket on each loop.
    private const int PerEndPoint = 2;

    // The same, and the descriptor that was handed over.
    private const int PerInherited = 3;

    // Of a tight limit, the reserve takes no more than this share of what the daemon itself leaves.
    private const int ReserveShare = 4;

    // Relays copy, rather than have pipes take more than this share of what is left.
    private const int PipesShare = 8;

    private static readonly bool IsJit = RuntimeFeature.IsDynamicCodeCompiled;

    public override LimitCapacity Measure(PlanInput input)
    {
        var (setting, total) = Binding(input);
        return new LimitCapacity(
            "descriptors", setting, total, Base(input), ConnectionCost.Dearest(input.Config).Descriptors);
    }

    public override IEnumerable<Finding> Examine(PlanInput input, long connections)
    {
        var capacity = Measure(input);
        if (input.Facts.OpenFiles is not { } limit)
        {
            yield return new Finding(
                Severity.Warning, "descriptors-unknown", "the descriptor limit cannot be read",
                "unknown", null,
                $"The plan assumes {Say.Number(Assumed)} descriptors; the machine may hold more, or fewer.",
                null);
            yield break;
        }

        if (capacity.Connections == 0)
        {
            var enough = Base(input) + (1024 * capacity.PerConnection);
            yield return new Finding(
                Severity.Error, "descriptors-none", "not one connection fits",
                $"{capacity.Setting} {Say.Number(capacity.Total)}, of which the daemon itself needs {Say.Number(capacity.Base)}",
                $"at least {Say.Number(enough)}",
                "Every connection waits for ever or is refused; edgegate_connections_rejected_total grows.",
                RemedyOf(input, capacity.Setting, enough));
        }

        if (input.Config.Limits.MaxConnections is null && (limit.Hard > Ceiling && capacity.Total == Ceiling))
        {
            yield return new Finding(
                Severity.Info, "descriptors-ceiling", "the descriptor limit is too large to size anything by",
                limit.Hard == ResourceLimit.Unlimited ? "unlimited" : Say.Number(limit.Hard), null,
                $"\"auto\" plans with {Say.Number(Ceiling)} descriptors. Set MaxConnections for more.",
                null);
        }
    }

    public override Remedy RemedyFor(PlanInput input, LimitCapacity capacity, long connections) =>
        capacity.Setting == AutoCeiling
            ? new Remedy($"\"MaxConnections\": {connections}", "in the section Limits")
            : RemedyOf(input, capacity.Setting, capacity.Needed(connections));

    private static Remedy RemedyOf(PlanInput input, string setting, long wanted) => setting switch
    {
        "fs.nr_open" => Remedy.Sysctl(input, setting, wanted),
        "fs.file-max" => Remedy.Sysctl(input, setting, wanted + OfOthers(input)),
        _ => Remedy.OpenFiles(input, wanted),
    };

    private static (string Setting, long Total) Binding(PlanInput input)
    {
        var facts = input.Facts;
        var candidates = new List<(string Setting, long Total)>
        {
            // A running daemon has raised what it can, so that of it the soft limit holds.
            ("RLIMIT_NOFILE", (facts.OwnDescriptors is null ? facts.OpenFiles?.Hard : facts.OpenFiles?.Soft) ?? Assumed),
        };
        if (facts.DescriptorsPerProcessMax is { } perProcess)
        {
            candidates.Add(("fs.nr_open", perProcess));
        }

        if (facts.OpenFilesMax is { } machine)
        {
            candidates.Add(("fs.file-max", Math.Max(0, machine - OfOthers(input))));
        }

        if (input.Config.Limits.MaxConnections is null)
        {
            candidates.Add((AutoCeiling, Ceiling));
        }

        return candidates.MinBy(c => c.Total);
    }

    // fs.file-nr counts this process too.
    private static long OfOthers(PlanInput input) => Math.Max(0,
        (input.Facts.OpenFilesNow ?? 0) - (input.Facts.OwnDescriptors ?? 0)
        - (input.Facts.OwnConnections * ConnectionCost.Dearest(input.Config).Descriptors));

    private static long Base(PlanInput input)
    {
        long left = Left(input);
        return Own(input) + Math.Min(input.Config.Limits.ReservedDescriptors, left / ReserveShare) + Pipes(input, left);
    }

    /// <summary>The limit with which so many connections fit, whatever their lanes.</summary>
    public static long Needed(PlanInput input, long connections) =>
        Estimate(input) + input.Config.Limits.ReservedDescriptors + Pipes(input, long.MaxValue)
        + (connections * ConnectionCost.Dearest(input.Config).Descriptors);

    /// <summary>What the pipes of relays that splice may take; 0 if they copy.</summary>
    public static long Pipes(PlanInput input) => Pipes(input, Left(input));

    private static long Pipes(PlanInput input, long left)
    {
        bool relays = input.Config.Listeners.Any(l => l.Protocol is ListenerProtocol.Tcp or ListenerProtocol.Tls);
        long pipes = (long)SplicePipePool.MaxDescriptors * input.Loops;
        return relays && input.Config.Transport.Splice == SpliceChoice.On && pipes <= left / PipesShare ? pipes : 0;
    }

    private static long Own(PlanInput input) =>
        input.Facts.OwnDescriptors is { } measured ? measured + HttpClientOf(input) : Estimate(input);

    private static long Left(PlanInput input) => Math.Max(0, Binding(input).Total - Own(input));

    /// <summary>What the daemon will hold before the first connection, by the figures of one that was looked at.</summary>
    internal static long Estimate(PlanInput input)
    {
        long sockets = input.Config.Listeners.Sum(l =>
            l.Bind.Kind == BindKind.Systemd ? PerInherited
            : Math.Max(1, l.Bind.EndPoints.Length) * (l.Protocol == ListenerProtocol.Udp ? input.Loops : PerEndPoint));
        return (IsJit ? JitRuntime : NativeRuntime) + HttpClientOf(input)
            + sockets + (PerLoop * input.Loops) + input.Config.Admin.Bind.EndPoints.Length;
    }

    private static int HttpClientOf(PlanInput input)
    {
        bool http = input.Config.Listeners.Any(l => l.Protocol is ListenerProtocol.Http or ListenerProtocol.Https);
        return !http ? 0 : IsJit ? JitHttpClient : NativeHttpClient;
    }
}
