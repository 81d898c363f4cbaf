using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Configuration;

namespace EdgeGate.Configuration;

/// <summary>
/// Reads the <c>ReverseProxy</c> section with YARP's own reader and judges it with YARP's own validator, so
/// that a section is good here exactly when it is good there.
/// </summary>
internal sealed class ProxyReader(IConfiguration root, ConfigurationReport report)
{
    private const string Section = "ReverseProxy";

    public (ImmutableArray<RouteConfig> Routes, ImmutableArray<ClusterConfig> Clusters) Read()
    {
        ProxyKeys.WarnOfSlips(root.GetSection(Section), report);
        var leaves = root.GetSection(Section).AsEnumerable(makePathsRelative: true)
            .ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.OrdinalIgnoreCase);
        if (TryRead(leaves, out var all))
        {
            return all;
        }

        foreach (var item in Items(leaves).Where(item => !TryRead(item.Leaves, out _)).ToList())
        {
            Blame(item.Path, item.Leaves);
            foreach (var key in item.Leaves.Keys)
            {
                leaves.Remove(key);
            }
        }

        return TryRead(leaves, out var rest) ? rest : ([], []);
    }

    // Each route and each cluster alone: "Routes:web", "Clusters:game".
    private static IEnumerable<(string Path, Dictionary<string, string?> Leaves)> Items(Dictionary<string, string?> leaves) =>
        from leaf in leaves
        let parts = leaf.Key.Split(':', 3)
        where parts.Length > 1
        group leaf by parts[0] + ":" + parts[1] into item
        select (item.Key, item.ToDictionary(StringComparer.OrdinalIgnoreCase));

    // YARP does not say which key it stumbled over. The one without which it does not stumble is the one.
    private void Blame(string path, Dictionary<string, string?> leaves)
    {
        var why = WhyNot(leaves);
        foreach (var (key, value) in leaves.Where(leaf => leaf.Value is not null))
        {
            if (TryRead(leaves.Where(leaf => leaf.Key != key), out _))
            {
                report.Error($"{Section}:{key}", $"YARP cannot read '{value}': {why}");
                return;
            }
        }

        report.Error($"{Section}:{path}", $"YARP cannot read it: {why}");
    }

    private static string WhyNot(IEnumerable<KeyValuePair<string, string?>> leaves)
    {
        try
        {
            _ = Parse(leaves);
            return "";
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return e.Message;
        }
    }

    private static bool TryRead(
        IEnumerable<KeyValuePair<string, string?>> leaves,
        out (ImmutableArray<RouteConfig> Routes, ImmutableArray<ClusterConfig> Clusters) read)
    {
        try
        {
            read = Parse(leaves);
            return true;
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            read = ([], []);
            return false;
        }
    }

    // What YARP's reader throws has no common type; what means that this process is broken does not count.
    private static bool IsUnreadable(Exception e) => e is not (OutOfMemoryException or OperationCanceledException);

    private static (ImmutableArray<RouteConfig> Routes, ImmutableArray<ClusterConfig> Clusters) Parse(
        IEnumerable<KeyValuePair<string, string?>> leaves)
    {
        var section = new ConfigurationBuilder().AddInMemoryCollection(leaves).Build();
        var services = new ServiceCollection().AddLogging();
        services.AddReverseProxy().LoadFromConfig(section);
        using var provider = services.BuildServiceProvider();
        var config = provider.GetRequiredService<IProxyConfigProvider>().GetConfig();
        return ([.. config.Routes], [.. config.Clusters]);
    }
}
