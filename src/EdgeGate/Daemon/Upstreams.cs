using System.Collections.Concurrent;
using EdgeGate.Configuration;
using EdgeGate.Layer4;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Daemon;

/// <summary>The clusters that layer-4 listeners lead to, kept up to date with the configuration and with DNS.</summary>
internal sealed class Upstreams(GatewayConfig config, ILoggerFactory logs) : IAsyncDisposable
{
    private static readonly TimeSpan ResolveAgain = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, TcpCluster> _clusters = new(StringComparer.OrdinalIgnoreCase);
    private readonly DestinationResolver _resolver = new(logs.CreateLogger("EdgeGate"));
    private readonly CancellationTokenSource _stopping = new();
    private Task _resolving = Task.CompletedTask;
    private volatile GatewayConfig _config = config;

    /// <summary>The cluster of that name, which all listeners that name it share. It has destinations once <see cref="StartAsync"/> or <see cref="UpdateAsync"/> has seen it in the configuration.</summary>
    public TcpCluster ClusterOf(string name) => _clusters.GetOrAdd(name, static key => new TcpCluster(key));

    /// <summary>Finds every destination's addresses, and goes on looking for changes.</summary>
    public async Task StartAsync()
    {
        await ResolveAsync();
        _resolving = ResolveForEverAsync();
    }

    /// <summary>Takes the destinations of a new configuration; relays that exist go on.</summary>
    public Task UpdateAsync(GatewayConfig fresh)
    {
        _config = fresh;
        return ResolveAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _resolving;
        _stopping.Dispose();
    }

    private async Task ResolveAsync()
    {
        foreach (string name in _config.Listeners.SelectMany(l => l.Clusters))
        {
            ClusterOf(name);
        }

        foreach (TcpCluster cluster in _clusters.Values)
        {
            cluster.SendProxyProtocol = SendProxyProtocol.Of(_config.FindCluster(cluster.Name));
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
            while (!_clusters.IsEmpty && await timer.WaitForNextTickAsync(_stopping.Token))
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
