using System.Text.Json;
using EdgeGate.Daemon;
using EdgeGate.Http;
using EdgeGate.Layer4.Ports;
using EdgeGate.Layer4.Upstreams;
using EdgeGate.Layer4.Upstreams.Balancing;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Model;

namespace EdgeGate.Admin;

/// <summary>
/// <c>/clusters</c>: every cluster of YARP's, its destinations, their health and how many connections (layer 4) or
/// requests (layer 7) each has, and the ephemeral ports that they hold.
/// </summary>
internal sealed class ClustersEndpoint(Gateway gateway)
{
    public Task ListAsync(HttpContext context) => AdminJson.WriteAsync(context, Write);

    /// <summary>Writes the list.</summary>
    public void Write(Utf8JsonWriter json)
    {
        ILookup<(string Cluster, string Destination), PortUsage> ports = gateway.PortUsage()
            .ToLookup(usage => (usage.Cluster.ToUpperInvariant(), usage.Destination.ToUpperInvariant()));
        json.WriteStartArray();
        foreach (ClusterState cluster in gateway.YarpClusters.OrderBy(c => c.ClusterId, StringComparer.Ordinal))
        {
            // A cluster that a listener of layer 4 led to once, and none does now, is YARP's alone again.
            bool layer4 = gateway.Config.LeadsToLayer4(cluster.ClusterId);
            Write(json, cluster, layer4 ? gateway.FindUpstream(cluster.ClusterId) : null, ports);
        }

        json.WriteEndArray();
    }

    private static void Write(
        Utf8JsonWriter json,
        ClusterState cluster,
        UpstreamCluster? relayed,
        ILookup<(string Cluster, string Destination), PortUsage> ports)
    {
        json.WriteStartObject();
        json.WriteString("id", cluster.ClusterId);
        json.WriteNumber("layer", relayed is null ? 7 : 4);
        json.WriteString("policy", cluster.Model.Config.LoadBalancingPolicy ?? BalancingPolicies.Default);
        if (relayed is not null)
        {
            json.WriteStartObject("queue");
            json.WriteNumber("length", relayed.QueueLength);
            json.WriteNumber("capacity", UpstreamCluster.QueueCapacity);
            json.WriteNumber("timeout", relayed.Settings.QueueTimeout.TotalSeconds);
            json.WriteEndObject();
        }

        ClusterDestinationsState destinations = cluster.DestinationsState;
        json.WriteStartArray("destinations");
        foreach (DestinationState destination in destinations.AllDestinations.OrderBy(d => d.DestinationId, StringComparer.Ordinal))
        {
            Destination? live = relayed?.Destinations.FirstOrDefault(
                d => d.Id.Equals(destination.DestinationId, StringComparison.OrdinalIgnoreCase));
            bool available = relayed is null
                ? destinations.AvailableDestinations.Contains(destination)
                : live is not null && relayed.IsAvailable(live); // a name that never resolved is not
            Write(json, destination, available, relayed is not null, live);
            WritePorts(json, ports[(cluster.ClusterId.ToUpperInvariant(), destination.DestinationId.ToUpperInvariant())]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(
        Utf8JsonWriter json, DestinationState destination, bool isAvailable, bool layer4, Destination? live)
    {
        json.WriteStartObject();
        json.WriteString("id", destination.DestinationId);
        json.WriteString("address", UnixUpstreamAddress.Display(destination.Model.Config.Address));
        json.WriteBoolean("available", isAvailable);
        json.WriteStartObject("health");
        json.WriteString("active", Text(destination.Health.Active));
        json.WriteString("passive", Text(destination.Health.Passive));
        json.WriteEndObject();
        if (layer4)
        {
            WriteLive(json, live);
        }
        else
        {
            json.WriteNumber("active", destination.ConcurrentRequestCount);
        }
    }

    private static void WriteLive(Utf8JsonWriter json, Destination? live)
    {
        json.WriteStartArray("endPoints");
        foreach (var endPoint in live?.EndPoints ?? [])
        {
            json.WriteStringValue(endPoint.ToString());
        }

        json.WriteEndArray();
        json.WriteNumber("active", live?.Active ?? 0);
        if (live is { Maximum: < int.MaxValue })
        {
            json.WriteNumber("maximum", live.Maximum);
        }

        json.WriteNumber("failures", live?.Failures ?? 0);
    }

    // Where the kernel chooses the source there is none to name, and where it hides its range no capacity.
    private static void WritePorts(Utf8JsonWriter json, IEnumerable<PortUsage> ports)
    {
        json.WriteStartArray("ports");
        foreach (PortUsage usage in ports)
        {
            json.WriteStartObject();
            if (usage.Source is { } source)
            {
                json.WriteString("source", source.ToString());
            }

            json.WriteString("address", usage.Address.ToString());
            json.WriteNumber("used", usage.Used);
            if (usage.Capacity != PortTable.Unknown)
            {
                json.WriteNumber("capacity", usage.Capacity);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Text(DestinationHealth health) => health.ToString().ToLowerInvariant();
}
