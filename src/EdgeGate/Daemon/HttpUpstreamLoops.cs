using EdgeGate.Http.Upstream;
using EdgeGate.Transport;

namespace EdgeGate.Daemon;

/// <summary>The event loops as layer 7 sees them.</summary>
internal sealed class HttpUpstreamLoops(EventLoopGroup loops) : IUpstreamLoops
{
    private readonly HttpUpstreamLoop[] _all = [.. loops.Loops.Select(loop => new HttpUpstreamLoop(loop))];

    public IReadOnlyList<IUpstreamLoop> All => _all;

    public IUpstreamLoop? Current =>
        EventLoop.Current is { } loop && loop.Index < _all.Length && _all[loop.Index] is { IsCurrent: true } own ? own : null;
}
