using System.Net;
using System.Text.Json.Nodes;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>The configuration file of a daemon under test, listener by listener.</summary>
internal sealed class DaemonConfiguration
{
    private readonly JsonObject _listeners = [];
    private readonly JsonObject _edgeGate;
    private readonly JsonObject _routes = [];
    private readonly JsonObject _clusters = [];

    public DaemonConfiguration() => _edgeGate = new JsonObject
    {
        ["Listeners"] = _listeners,
        ["Admin"] = new JsonObject { ["Bind"] = $"127.0.0.1:{AdminPort}" },
    };

    public int AdminPort { get; } = Ports.Free();

    /// <summary>Adds a listener, on a free port unless told where; <paramref name="more"/> are further keys, as JSON.</summary>
    public IPEndPoint Listen(
        string name, string protocol, string? cluster = null, string more = "{}", IPEndPoint? at = null)
    {
        var endPoint = at ?? new IPEndPoint(IPAddress.Loopback, Ports.Free());
        Bind(name, endPoint.ToString(), protocol, cluster, more);
        return endPoint;
    }

    /// <summary>Adds a listener wherever its <c>Bind</c> says.</summary>
    public void Bind(string name, string bind, string protocol, string? cluster = null, string more = "{}")
    {
        var listener = JsonNode.Parse(more)!.AsObject();
        listener["Bind"] = bind;
        listener["Protocol"] = protocol;
        if (cluster is not null)
        {
            listener["Cluster"] = cluster;
        }

        _listeners[name] = listener;
    }

    /// <summary>A TCP listener and its cluster, both called <paramref name="name"/>.</summary>
    public IPEndPoint Relay(string name, IPEndPoint upstream, string more = "{}")
    {
        Cluster(name, $"tcp://{upstream}");
        return Listen(name, "tcp", name, more);
    }

    /// <summary>A UDP listener and its cluster, both called <paramref name="name"/>.</summary>
    public IPEndPoint RelayDatagrams(string name, IPEndPoint upstream, string more = "{}")
    {
        Cluster(name, $"udp://{upstream}");
        return Listen(name, "udp", name, more);
    }

    /// <summary>An HTTP listener called <paramref name="name"/>, and the route of all that comes to a cluster.</summary>
    public Uri Proxy(string name, Uri upstream, string more = "{}")
    {
        Cluster(name, upstream.ToString());
        Route(name, "{**path}", name);
        return new Uri($"http://{Listen(name, "http", more: more)}");
    }

    public void RemoveListener(string name) => _listeners.Remove(name);

    public void RemoveCluster(string id) => _clusters.Remove(id);

    /// <summary>Adds a route; <paramref name="more"/> are further keys, as JSON.</summary>
    public void Route(string id, string path, string cluster, string more = "{}")
    {
        var route = JsonNode.Parse(more)!.AsObject();
        route["ClusterId"] = cluster;
        route["Match"] = new JsonObject { ["Path"] = path };
        _routes[id] = route;
    }

    public void Cluster(string id, params string[] addresses) => _clusters[id] = new JsonObject
    {
        ["Destinations"] = new JsonObject(addresses.Select((address, i) =>
            KeyValuePair.Create<string, JsonNode?>($"d{i}", new JsonObject { ["Address"] = address }))),
    };

    /// <summary>Gives a cluster more keys, as JSON; those that it has already are replaced.</summary>
    public void Extend(string cluster, string more)
    {
        foreach (var (key, value) in JsonNode.Parse(more)!.AsObject())
        {
            _clusters[cluster]![key] = value?.DeepClone();
        }
    }

    /// <summary>Adds a section below <c>EdgeGate</c>, such as <c>Limits</c>.</summary>
    public DaemonConfiguration With(string section, string json)
    {
        _edgeGate[section] = JsonNode.Parse(json);
        return this;
    }

    /// <summary>Where a successor takes over.</summary>
    public DaemonConfiguration WithTakeover(string path)
    {
        _edgeGate["Admin"]!["TakeoverSocket"] = path;
        return this;
    }

    public override string ToString() => new JsonObject
    {
        ["EdgeGate"] = _edgeGate.DeepClone(),
        ["ReverseProxy"] = new JsonObject { ["Routes"] = _routes.DeepClone(), ["Clusters"] = _clusters.DeepClone() },
    }.ToJsonString();
}
