using EdgeGate.Benchmarks.Comparison.Upstream;

namespace EdgeGate.Benchmarks.Comparison.Peers;

/// <summary>The upstream, and the proxies that this machine has.</summary>
internal sealed class PeerSet : IDisposable
{
    private readonly ChildProcess _upstream;
    private readonly List<Peer> _peers = [];
    private readonly List<string> _missing = [];

    /// <param name="edgegate">The daemon's assembly or executable.</param>
    internal PeerSet(string edgegate)
    {
        UpstreamPorts ports = UpstreamPorts.Free();
        _upstream = new ChildProcess(
            ChildProcess.Self(UpstreamServer.Command, ports.Echo, ports.Source, ports.Http, ports.Datagrams, ports.Counter));
        _upstream.WaitUntilListening(ports.Http);
        _peers.Add(new EdgeGatePeer(edgegate, ports));
        _peers.Add(new EdgeGatePeer(edgegate, ports, splice: false));
        _peers.Add(new EdgeGatePeer(edgegate, ports, ownClient: false));
        _peers.Add(new StockPeer(inline: false, ports));
        _peers.Add(new StockPeer(inline: true, ports));
        AddIfInstalled("nginx", program => new NginxPeer(program, ports));
        AddIfInstalled("haproxy", program => new HaproxyPeer(program, ports, splice: false));
        AddIfInstalled("haproxy", program => new HaproxyPeer(program, ports, splice: true));
    }

    /// <summary>EdgeGate first.</summary>
    internal IReadOnlyList<Peer> Peers => _peers;

    /// <summary>Debian packages that would add a peer.</summary>
    internal IReadOnlyList<string> Missing => _missing;

    public void Dispose()
    {
        _peers.ForEach(peer => peer.Dispose());
        _upstream.Dispose();
    }

    internal static string? Find(string program) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin"
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    private void AddIfInstalled(string program, Func<string, Peer> create)
    {
        if (Find(program) is { } path)
        {
            _peers.Add(create(path));
        }
        else
        {
            _missing.Add(program);
        }
    }
}
