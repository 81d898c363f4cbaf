using System.Globalization;
using EdgeGate.Http;
using EdgeGate.Http.Health;
using EdgeGate.Layer4.Upstreams;
using Yarp.ReverseProxy.Configuration;

namespace EdgeGate.Configuration;

/// <summary>What EdgeGate reads in the <c>Metadata</c> of YARP's clusters and destinations.</summary>
internal static class UpstreamMetadata
{
    private const string Prefix = "EdgeGate.";
    private const string MaxConnections = Prefix + "MaxConnectionsPerDestination";
    private const string QueueTimeout = Prefix + "QueueTimeout";
    private const string Retries = Prefix + "Retries";
    private const string RetryBudget = Prefix + "RetryBudget";
    private const string Weight = Prefix + "Weight";
    private const int MaxWeight = 1_000_000;

    /// <summary>The keys of a cluster.</summary>
    public static readonly string[] ClusterKeys =
    [
        MaxConnections, QueueTimeout, SendProxyProtocol.Key, SourceAddresses.Key, Layer4Probe.SendKey, Layer4Probe.ExpectKey,
        Retries, RetryBudget, .. UpstreamTlsOptions.Keys,
    ];

    /// <summary>The keys of a destination; those that a cluster has too take their place.</summary>
    public static readonly string[] DestinationKeys = [Weight, Layer4Probe.SendKey, Layer4Probe.ExpectKey];

    private static readonly string[] Layer4Keys = [QueueTimeout, Layer4Probe.SendKey, Layer4Probe.ExpectKey];

    /// <summary>How a layer-4 cluster shares out its destinations.</summary>
    public static UpstreamSettings SettingsOf(ClusterConfig cluster) => new()
    {
        Policy = cluster.LoadBalancingPolicy,
        MaxConnectionsPerDestination = ReadCount(cluster.Metadata?.GetValueOrDefault(MaxConnections)),
        QueueTimeout =
            ReadTime(cluster.Metadata?.GetValueOrDefault(QueueTimeout)) ?? UpstreamSettings.DefaultQueueTimeout,
        SendProxyProtocol = SendProxyProtocol.Of(cluster),
        SourceAddresses = SourceAddresses.Of(cluster),
    };

    /// <summary>A destination's share under the policy <c>Weighted</c>; 1 if it says nothing.</summary>
    public static int WeightOf(DestinationConfig destination) =>
        ReadNumber(destination.Metadata?.GetValueOrDefault(Weight), 0, MaxWeight) ?? 1;

    /// <summary>Reports what cannot be read, and what looks like one of these keys and is none.</summary>
    public static void Check(GatewayConfig config, ConfigurationReport report)
    {
        foreach (ClusterConfig cluster in config.Clusters)
        {
            string path = $"ReverseProxy:Clusters:{cluster.ClusterId}";
            Check(path, cluster.Metadata, ClusterKeys, report);
            if (SourceAddresses.WhyUnfit(cluster) is { } unfit)
            {
                report.Error($"{path}:Metadata:{SourceAddresses.Key}", unfit);
            }

            if (config.Routes.Any(route => cluster.ClusterId.Equals(route.ClusterId, StringComparison.OrdinalIgnoreCase)))
            {
                WarnOfLayer4(path, cluster.Metadata, report);
            }

            foreach (var (id, destination) in cluster.Destinations ?? new Dictionary<string, DestinationConfig>())
            {
                Check($"{path}:Destinations:{id}", destination.Metadata, DestinationKeys, report);
            }
        }
    }

    private static void Check(
        string path, IReadOnlyDictionary<string, string>? metadata, string[] keys, ConfigurationReport report)
    {
        foreach (var (key, value) in metadata ?? new Dictionary<string, string>())
        {
            if (key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && WhyWrong(key, value, keys) is { } why)
            {
                report.Error($"{path}:Metadata:{key}", why);
            }
        }
    }

    private static void WarnOfLayer4(
        string path, IReadOnlyDictionary<string, string>? metadata, ConfigurationReport report)
    {
        foreach (string key in Layer4Keys.Where(key => metadata?.ContainsKey(key) == true))
        {
            report.Warning(
                $"{path}:Metadata:{key}",
                "this key is for layer 4 and does nothing for a cluster that a route leads to: an HTTP request waits for a "
                + "connection as long as HttpRequest:ActivityTimeout says, and HTTP health checks have a Path");
        }
    }

    private static string? WhyWrong(string key, string value, string[] keys)
    {
        // YARP's metadata keys keep their case apart.
        if (!keys.Contains(key, StringComparer.Ordinal))
        {
            return $"EdgeGate does not know this key here.{Nearest.Hint(key, keys)}";
        }

        return key switch
        {
            MaxConnections when ReadCount(value) is null =>
                $"'{value}' is not a whole number from 1; write how many connections one destination takes",
            QueueTimeout when ReadTime(value) is null =>
                $"'{value}' is not a time; write hours, minutes and seconds, such as \"00:00:05\", "
                + "or \"00:00:00\" to refuse at once",
            Retries when ReadNumber(value, 1, 10) is null =>
                $"'{value}' is not a whole number from 1 to 10; write how many more attempts a request may have",
            RetryBudget when ReadNumber(value, 1, 100) is null =>
                $"'{value}' is not a whole number from 1 to 100; write how many retries a hundred requests may cause",
            Weight when ReadNumber(value, 0, MaxWeight) is null =>
                $"'{value}' is not a whole number from 0 to {MaxWeight}; write the destination's share beside the others'",
            SourceAddresses.Key => SourceAddresses.WhyWrong(value),
            Layer4Probe.SendKey or Layer4Probe.ExpectKey when !Layer4Probe.TryRead(value, out _, out string? wrong) =>
                $"'{wrong}' means nothing; write \\r, \\n, \\t, \\0, \\\\ or \\x and two hexadecimal digits",
            Layer4Probe.ExpectKey when value.Length == 0 => "nothing is expected; write a text, or take this key out",
            _ => null,
        };
    }

    private static int? ReadCount(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0 ? count : null;

    private static int? ReadNumber(string? text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number
            : null;

    // .NET reads a bare number as days.
    private static TimeSpan? ReadTime(string? text) =>
        text?.Contains(':', StringComparison.Ordinal) == true
        && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan time)
        && time >= TimeSpan.Zero && time <= TimeSpan.FromDays(24) ? time : null;
}
