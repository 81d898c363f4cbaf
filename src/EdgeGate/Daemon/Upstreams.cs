using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using EdgeGate.Configuration;
using EdgeGate.Layer4.Ports;
using EdgeGate.Layer4.Upstreams;
using EdgeGate.Telemetry;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;

namespace EdgeGate.Daemon;

/// <summary>
/// The clusters that layer-4 listeners lead to, kept up to date with the configuration, with DNS and with YARP's health.
/// </summary>
internal sealed class Upstreams : IAsyncDisposable
{
    private static readonly TimeSpan ResolveAgain = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ResolveMissing = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, UpstreamCluster> _clusters = new(StringComparer.OrdinalIgnoreCase);
    private readonly DestinationResolver _resolver;
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILogger _log;
    private Task _resolving = Task.CompletedTask;
    private volatile GatewayConfig _config;

    public Upstreams(GatewayConfig config, Meter meter, ILoggerFactory logs)
    {
        _log = logs.CreateLogger("EdgeGate");
        _config = config;
        _resolver = new DestinationResolver(_log);
        Ports = new UpstreamPorts(meter, _log);
        Health = new UpstreamHealth(Find, _log);
        UpstreamGauges.RegisterLayer4(meter, () => _clusters.Values);
    }

    /// <summary>What YARP and the clusters tell each other.</summary>
    public UpstreamHealth Health { get; }

    /// <summary>The clusters that listeners of layer 4 lead, or led, to.</summary>
    public IEnumerable<UpstreamCluster> Clusters => _clusters.Values;

    /// <summary>The ports that connections to them hold.</summary>
    public UpstreamPorts Ports { get; }

    /// <summary>The cluster of that name, which all listeners that name it share. It has destinations once <see cref="StartAsync"/> or <see cref="UpdateAsync"/> has seen it in the configuration.</summary>
    public UpstreamCluster ClusterOf(string name) => _clusters.GetOrAdd(
        name,
        static (key, all) => new UpstreamCluster(key) { Failing = all.Health.OnFailing, Ports = all.Ports.Table },
        this);

    /// <summary>The cluster of that name, if a listener of layer 4 leads, or led, to it.</summary>
    public UpstreamCluster? Find(string name) => _clusters.GetValueOrDefault(name);

    /// <summary>The ephemeral ports that relays and flows hold.</summary>
    public IEnumerable<PortUsage> PortUsage() =>
        _clusters.Values.SelectMany(cluster => cluster.Destinations.SelectMany(to => to.PortUsage(cluster.Name)));

    /// <summary>Finds every destination's addresses, and goes on looking for changes.</summary>
    public async Task StartAsync()
    {
        await ResolveAsync();
        _resolving = ResolveForEverAsync();
    }

    /// <summary>Takes the destinations of a new configuration; relays that exist go on.</summary>
    public async Task UpdateAsync(GatewayConfig fresh)
    {
        _config = fresh;
        await ResolveAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _resolving;
        _stopping.Dispose();
        _oneAtATime.Dispose();
    }

    /// <returns>Whether every destination has an address.</returns>
    private async Task<bool> ResolveAsync()
    {
        // A slow answer for the old configuration must not come after one for the new.
        await _oneAtATime.WaitAsync(_stopping.Token);
        try
        {
            Ports.Refresh();
            foreach (ClusterConfig cluster in _config.Clusters.Where(c => _config.LeadsToLayer4(c.ClusterId)))
            {
                ClusterOf(cluster.ClusterId);
            }

            bool[] complete = await Task.WhenAll(_clusters.Values.Select(ResolveAsync));
            return complete.All(all => all);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private async Task<bool> ResolveAsync(UpstreamCluster cluster)
    {
        ClusterConfig? config = _config.FindCluster(cluster.Name);
        var destinations = await _resolver.ResolveAsync(config, cluster.Destinations, _stopping.Token);
        cluster.Configure(
            config is null ? new UpstreamSettings() : UpstreamMetadata.SettingsOf(config), destinations);
        foreach (Destination destination in cluster.Destinations.Where(d => d.EndPoints.Count == 0))
        {
            DaemonLog.NoSourceFits(_log, cluster.Name, destination.Id);
        }

        Health.Apply(cluster.Name);
        return destinations.Count == (config?.Destinations?.Count ?? 0);
    }

    // An address that changes in DNS is found within half a minute; a name that stops resolving keeps its last one. One
    // that never resolved is asked for more often: its service may just be starting, like this one.
    private async Task ResolveForEverAsync()
    {
        using var timer = new PeriodicTimer(ResolveMissing);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                timer.Period = await ResolveAsync() ? ResolveAgain : ResolveMissing;
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }
}
