using EdgeGate.Benchmarks.Comparison.Load;
using EdgeGate.Benchmarks.Comparison.Peers;

namespace EdgeGate.Benchmarks.Comparison.Workloads;

/// <summary>The system calls that a proxy makes for a request, counted while it is busy.</summary>
/// <param name="id">The name on the command line.</param>
/// <param name="name">What the work is.</param>
/// <param name="scale">How long.</param>
/// <param name="portOf">Where; null if the proxy does not do it.</param>
/// <param name="exchange">The request.</param>
internal sealed class SystemCalls(string id, string name, Scale scale, Func<Peer, int?> portOf, Exchange exchange) : Workload
{
    private const int Connections = 64;

    private static readonly string[] Waits = ["epoll_wait", "epoll_pwait", "epoll_pwait2"];
    private static readonly string[] Receives = ["read", "readv", "recvfrom", "recvmsg"];
    private static readonly string[] Sends = ["write", "writev", "sendto", "sendmsg"];

    internal override string Id => id;

    internal override string Name => $"System calls: {name}";

    internal override string Note =>
        "At least 4: a receive and a send on either side. A wait is shared by all that is ready at once. "
        + "Counting slows a proxy down many times, and the slower it is the more is ready at each wait.";

    internal override IReadOnlyList<Figure> Figures { get; } =
    [
        new("calls/request", "0.00"), new("waits", "0.00"), new("receives", "0.00"), new("sends", "0.00"), new("others", "0.00"),
    ];

    internal override Tool Needs => Tool.Strace;

    internal override bool Suits(Peer peer) =>
        (peer.Variant == Variant.None || (peer.Variant == Variant.Http && exchange == Exchange.Get)) && portOf(peer) is not null;

    internal override void WarmUp(Peer peer)
    {
        using ClientLoad load = Open(peer);
        load.RunFor(scale.WarmUpShare * TimeSpan.FromSeconds(1));
    }

    internal override double[] Measure(Peer peer)
    {
        using ClientLoad load = Open(peer);
        using var counter = new CallCounter([.. ProcessUsage.WithChildren(peer.ProcessId)]);
        double requests = load.RunFor(scale.Duration);
        Dictionary<string, long> calls = counter.Stop();
        double Each(string[] names) => names.Sum(name => calls.GetValueOrDefault(name)) / requests;
        double all = calls.Values.Sum() / requests;
        return [all, Each(Waits), Each(Receives), Each(Sends), all - Each(Waits) - Each(Receives) - Each(Sends)];
    }

    private ClientLoad Open(Peer peer)
    {
        var load = new ClientLoad(portOf(peer)!.Value, exchange);
        load.Grow(Connections);
        return load;
    }
}
