using EdgeGate.Benchmarks.Comparison.Upstream;

namespace EdgeGate.Benchmarks.Comparison.Peers;

/// <summary>The upstream, and the chosen proxies that this machine has.</summary>
internal sealed class PeerSet : IDisposable
{
    private readonly ServerCertificate _certificate = new();
    private readonly ChildProcess _upstream;
    private readonly List<Peer> _peers = [];
    private readonly List<string> _missing = [];

    internal PeerSet(ComparisonOptions options)
    {
        UpstreamPorts ports = UpstreamPorts.Free();
        foreach (string name in options.Peers)
        {
            if (PeerCatalog.Create(name, options, ports, _certificate, out string? missing) is { } peer)
            {
                _peers.Add(peer);
            }
            else
            {
                _missing.Add($"{name}: {missing}");
            }
        }

        _upstream = new ChildProcess(
            ChildProcess.Self(UpstreamServer.Command, ports.Echo, ports.Source, ports.Http, ports.Datagrams, ports.Counter));
        _upstream.WaitUntilListening(ports.Http);
    }

    /// <summary>In the order of the catalog.</summary>
    internal IReadOnlyList<Peer> Peers => _peers;

    /// <summary>Those that were asked for and are not there, with the reason.</summary>
    internal IReadOnlyList<string> Missing => _missing;

    /// <summary>What all have behind them.</summary>
    internal int UpstreamProcessId => _upstream.Id;

    public void Dispose()
    {
        _peers.ForEach(peer => peer.Dispose());
        _upstream.Dispose();
        _certificate.Dispose();
    }
}
