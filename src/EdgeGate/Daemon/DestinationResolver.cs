using System.Net;
using System.Net.Sockets;
using EdgeGate.Http;
using EdgeGate.Layer4;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;

namespace EdgeGate.Daemon;

/// <summary>Turns the <c>tcp://host:port</c> and <c>udp://host:port</c> destinations of a cluster into addresses.</summary>
internal sealed class DestinationResolver(ILogger log)
{
    /// <param name="cluster">The cluster; null, because a reload took it away, has no destinations.</param>
    /// <param name="known">What was found last time: it stands in for a name that cannot be resolved now.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public async Task<IReadOnlyList<TcpDestination>> ResolveAsync(
        ClusterConfig? cluster, IReadOnlyList<TcpDestination> known, CancellationToken cancellation)
    {
        var found = new List<TcpDestination>();
        foreach (var (id, destination) in cluster?.Destinations ?? new Dictionary<string, DestinationConfig>())
        {
            if (UnixUpstreamAddress.TryGetPath(destination.Address, out string? path))
            {
                found.Add(new TcpDestination(id, new UnixDomainSocketEndPoint(path)));
                continue;
            }

            var address = new Uri(destination.Address);
            try
            {
                IPAddress[] addresses = await Dns.GetHostAddressesAsync(address.DnsSafeHost, cancellation);
                found.AddRange(addresses.Select(ip => new TcpDestination(id, new IPEndPoint(ip, address.Port))));
            }
            catch (SocketException e)
            {
                DaemonLog.CannotResolve(log, cluster!.ClusterId, id, address.DnsSafeHost, e.Message);
                found.AddRange(known.Where(d => d.Id == id));
            }
        }

        return found;
    }
}
