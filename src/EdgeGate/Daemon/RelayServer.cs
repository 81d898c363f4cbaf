using System.Net;
using EdgeGate.Configuration;
using EdgeGate.Layer4;
using EdgeGate.Transport;
using EdgeGate.Transport.Admission;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Daemon;

/// <summary>Layer 4: the listeners of Protocol tcp, and the clusters that they lead to.</summary>
internal sealed class RelayServer(GatewayConfig config, TransportServices transport, ILoggerFactory logs) : IAsyncDisposable
{
    private static readonly TimeSpan ResolveAgain = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, TcpCluster> _clusters = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Listener> _listeners = [];
    private readonly RelayMetrics _metrics = new(transport.Metrics.Meter);
    private readonly DestinationResolver _resolver = new(logs.CreateLogger("EdgeGate"));
    private readonly CancellationTokenSource _stopping = new();
    private Task _resolving = Task.CompletedTask;
    private volatile GatewayConfig _config = config;

    /// <exception cref="IOException">A listener cannot bind; the message names it.</exception>
    public async Task BindAsync()
    {
        foreach (ListenerConfig listener in _config.Listeners.Where(l => l.Protocol == ListenerProtocol.Tcp))
        {
            var quota = new ListenerQuota(listener.Settings.MaxConnections ?? long.MaxValue);
            var lane = new TcpRelayLane(
                ClusterOf(listener.Cluster!),
                new TcpRelayOptions
                {
                    ConnectTimeout = listener.Settings.ConnectTimeout,
                    IdleTimeout = listener.Settings.IdleTimeout,
                },
                _metrics,
                logs.CreateLogger<TcpRelayLane>());
            foreach (IPEndPoint endPoint in listener.Bind.EndPoints)
            {
                _listeners.Add(Listener.Bind(TransportOptions.Of(listener, endPoint, quota), lane, transport));
            }
        }

        await ResolveAsync();
        _resolving = ResolveForEverAsync();
    }

    /// <summary>Begins to accept what has waited in the kernel's queue since <see cref="BindAsync"/>.</summary>
    public void Start() => _listeners.ForEach(listener => listener.Start());

    /// <summary>Takes the destinations of a new configuration; relays that exist go on.</summary>
    public Task UpdateClustersAsync(GatewayConfig fresh)
    {
        _config = fresh;
        return ResolveAsync();
    }

    /// <summary>Stops accepting; relays that exist go on.</summary>
    public Task StopAsync() => Task.WhenAll(_listeners.Select(listener => listener.StopAsync()));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _resolving;
        _stopping.Dispose();
    }

    private TcpCluster ClusterOf(string name)
    {
        if (!_clusters.TryGetValue(name, out TcpCluster? cluster))
        {
            _clusters[name] = cluster = new TcpCluster(name);
        }

        return cluster;
    }

    private async Task ResolveAsync()
    {
        foreach (TcpCluster cluster in _clusters.Values)
        {
            cluster.Destinations = await _resolver.ResolveAsync(
                _config.FindCluster(cluster.Name), cluster.Destinations, _stopping.Token);
        }
    }

    // An address that changes in DNS is found within half a minute; a name that stops resolving keeps its last one.
    private async Task ResolveForEverAsync()
    {
        using var timer = new PeriodicTimer(ResolveAgain);
        try
        {
            while (_clusters.Count > 0 && await timer.WaitForNextTickAsync(_stopping.Token))
            {
                await ResolveAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }
}
