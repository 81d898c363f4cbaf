using System.Text;
using EdgeGate.Http;
using EdgeGate.Layer4.Tls;
using Yarp.ReverseProxy.Configuration;

namespace EdgeGate.Configuration;

/// <summary>What no key can know of itself: whether the parts of a configuration fit together.</summary>
/// <param name="config">The configuration.</param>
/// <param name="clusterNames">The clusters as written, those among them that could not be read.</param>
/// <param name="report">Takes what is found.</param>
internal sealed class CrossChecks(
    GatewayConfig config, IReadOnlyCollection<string> clusterNames, ConfigurationReport report)
{
    public void Run()
    {
        foreach (var listener in config.Listeners)
        {
            CheckCluster(listener);
            CheckTls(listener);
            CheckSni(listener);
            CheckUdp(listener);
        }

        foreach (var cluster in config.Clusters)
        {
            CheckSendProxyProtocol(cluster);
        }

        CheckBinds();
        CheckRoutes();
    }

    private static string PathOf(ListenerConfig listener, string key) => $"EdgeGate:Listeners:{listener.Name}:{key}";

    private static bool IsHttp(ListenerConfig listener) =>
        listener.Protocol is ListenerProtocol.Http or ListenerProtocol.Https;

    // A cluster that could not be read has its own error already.
    private bool IsNamed(string cluster) => clusterNames.Contains(cluster, StringComparer.OrdinalIgnoreCase);

    private void CheckCluster(ListenerConfig listener)
    {
        var name = listener.Protocol.ToString().ToLowerInvariant();
        if (IsHttp(listener))
        {
            if (listener.Cluster is not null)
            {
                report.Error(
                    PathOf(listener, "Cluster"),
                    $"an {name} listener takes its cluster from ReverseProxy:Routes; take this key out");
            }
        }
        else if (listener.Cluster is not null)
        {
            var scheme = listener.Protocol == ListenerProtocol.Udp ? "udp" : "tcp";
            CheckLayer4Cluster(PathOf(listener, "Cluster"), listener.Cluster, scheme);
        }
        else if (listener.SniRoutes.Count == 0)
        {
            report.Error($"EdgeGate:Listeners:{listener.Name}", $"a {name} listener must name its Cluster");
        }
    }

    private void CheckUdp(ListenerConfig listener)
    {
        if (listener.Protocol != ListenerProtocol.Udp)
        {
            return;
        }

        if (listener.Bind.Kind == BindKind.Unix)
        {
            report.Error(PathOf(listener, "Bind"), "a udp listener binds an address and a port, not a Unix socket");
        }

        if (listener.Settings.ProxyProtocol == ProxyProtocolMode.Required)
        {
            report.Error(
                PathOf(listener, "ProxyProtocol"), "datagrams carry no PROXY header; write \"Off\" for a udp listener");
        }
    }

    private void CheckSendProxyProtocol(ClusterConfig cluster)
    {
        if (cluster.Metadata?.GetValueOrDefault(SendProxyProtocol.Key) is not { } text)
        {
            return;
        }

        var path = $"ReverseProxy:Clusters:{cluster.ClusterId}:Metadata:{SendProxyProtocol.Key}";
        if (!SendProxyProtocol.TryParse(text, out _))
        {
            report.Error(path, $"'{text}' is no version of the PROXY protocol; write \"V1\" or \"V2\"");
        }
        else if (config.Listeners.Any(l => l.Protocol == ListenerProtocol.Udp
            && string.Equals(l.Cluster, cluster.ClusterId, StringComparison.OrdinalIgnoreCase)))
        {
            report.Error(path, "a udp listener leads here, and datagrams carry no PROXY header; take this key out");
        }
    }

    private void CheckSni(ListenerConfig listener)
    {
        if (listener.SniRoutes.Count > 0 && listener.Protocol != ListenerProtocol.Tls)
        {
            report.Error(PathOf(listener, "SniRoutes"), "only a tls listener routes by server name");
        }

        foreach (var (route, cluster) in listener.SniRoutes)
        {
            var path = PathOf(listener, "SniRoutes:" + route);
            CheckLayer4Cluster(path, cluster, "tcp");
            var (name, protocol) = SniRoutes.Split(route);
            var host = name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name;
            if (Uri.CheckHostName(host) != UriHostNameType.Dns || host.EndsWith('.') || !host.All(char.IsAscii))
            {
                report.Error(
                    path,
                    $"'{name}' is neither a host name, as a client sends it, nor *. and a host name; "
                    + "write \"a.example.com\" or \"*.example.com\"");
            }

            if (protocol is not null && Encoding.UTF8.GetByteCount(protocol) is 0 or > byte.MaxValue)
            {
                report.Error(path, "after the slash stands a protocol of ALPN, such as \"a.example.com/h2\"");
            }
        }
    }

    private void CheckLayer4Cluster(string path, string name, string scheme)
    {
        if (config.FindCluster(name) is not { } cluster)
        {
            if (!IsNamed(name))
            {
                report.Error(path, $"there is no cluster '{name}' in ReverseProxy:Clusters.{Nearest.Hint(name, clusterNames)}");
            }

            return;
        }

        if (cluster.Destinations is not { Count: > 0 } destinations)
        {
            report.Error(
                $"ReverseProxy:Clusters:{name}",
                $"the cluster has no destination; write one, such as {scheme}://10.0.0.1:7000");
            return;
        }

        foreach (var (id, destination) in destinations)
        {
            if (UnixUpstreamAddress.Is(destination.Address) && scheme == "tcp")
            {
                CheckUnix(cluster.ClusterId, id, destination.Address);
            }
            else if (!IsLayer4(destination.Address, scheme))
            {
                report.Error(
                    $"ReverseProxy:Clusters:{cluster.ClusterId}:Destinations:{id}:Address",
                    $"'{destination.Address}' cannot be reached from {path}; write {scheme}://host:port");
            }
        }
    }

    private void CheckUnix(string cluster, string destination, string? address)
    {
        if (!UnixUpstreamAddress.TryGetPath(address, out _))
        {
            report.Error(
                $"ReverseProxy:Clusters:{cluster}:Destinations:{destination}:Address",
                "unix: wants an absolute path of at most 103 bytes, such as unix:/run/app.sock");
        }
    }

    private static bool IsLayer4(string? address, string scheme) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && uri.Scheme == scheme && uri.Host.Length > 0 && uri.Port > 0 && uri.PathAndQuery is "/" or "";

    private void CheckTls(ListenerConfig listener)
    {
        if (listener.Protocol == ListenerProtocol.Https && listener.Tls is not { Certificates.Length: > 0 })
        {
            report.Error(
                $"EdgeGate:Listeners:{listener.Name}",
                "an https listener needs Tls with a certificate: \"Tls\": { \"Certificates\": "
                + "[ { \"CertificatePath\": \"tls/site.pem\", \"KeyPath\": \"tls/site.key\" } ] }");
        }
        else if (listener.Protocol != ListenerProtocol.Https && listener.Tls is not null)
        {
            var instead = listener.Protocol == ListenerProtocol.Tls
                ? "a tls listener passes TLS through unopened"
                : "only an https listener uses Tls";
            report.Error(PathOf(listener, "Tls"), $"{instead}; take this key out or set Protocol to https");
        }

        foreach (var weak in listener.Tls?.CipherSuites.Where(suite => !suite.IsRecommended()) ?? [])
        {
            report.Warning(
                PathOf(listener, "Tls:CipherSuites"),
                $"{weak} has no forward secrecy or no authenticated encryption, as RFC 9325 wants it; take it out if no client needs it");
        }
    }

    private void CheckBinds()
    {
        var places = config.Listeners
            .Select(l => (Path: PathOf(l, "Bind"), l.Bind, Udp: l.Protocol == ListenerProtocol.Udp))
            .Append((Path: "EdgeGate:Admin:Bind", config.Admin.Bind, Udp: false))
            .ToList();
        for (var i = 0; i < places.Count; i++)
        {
            var other = places[..i].Find(p => p.Udp == places[i].Udp && p.Bind.Overlaps(places[i].Bind));
            if (other.Path is not null)
            {
                report.Error(places[i].Path, $"{places[i].Bind} is taken already by {other.Path} ({other.Bind})");
            }
        }
    }

    private void CheckRoutes()
    {
        foreach (var route in config.Routes)
        {
            var path = $"ReverseProxy:Routes:{route.RouteId}:ClusterId";
            if (route.ClusterId is { Length: > 0 } name && !IsNamed(name))
            {
                var hint = Nearest.Hint(name, clusterNames);
                report.Warning(path, $"there is no cluster '{name}', so this route answers 503.{hint}");
            }
            else if (route.ClusterId is { } id && config.FindCluster(id) is { } cluster)
            {
                CheckHttpCluster(path, cluster);
            }
        }

        if (config.Routes.Length == 0 && config.Listeners.FirstOrDefault(IsHttp) is { } listener)
        {
            report.Warning(
                $"EdgeGate:Listeners:{listener.Name}",
                "there is no route in ReverseProxy:Routes, so every request is answered with 404");
        }
    }

    private void CheckHttpCluster(string path, ClusterConfig cluster)
    {
        foreach (var (id, destination) in cluster.Destinations ?? new Dictionary<string, DestinationConfig>())
        {
            if (UnixUpstreamAddress.Is(destination.Address))
            {
                CheckUnix(cluster.ClusterId, id, destination.Address);
                if (config.LeadsToLayer4(cluster.ClusterId))
                {
                    report.Error(path, $"'{cluster.ClusterId}' has unix: destinations and a layer 4 listener leads to it; "
                        + "write a cluster for each");
                }

                continue;
            }

            var place = $"ReverseProxy:Clusters:{cluster.ClusterId}:Destinations:{id}:Address";
            if (Uri.TryCreate(destination.Address, UriKind.Absolute, out var uri) && uri is { Scheme: "tcp" or "udp" })
            {
                report.Error(
                    place, $"{path} sends HTTP here, and '{uri.OriginalString}' is a layer 4 address; write http:// or https://");
            }
        }
    }
}
