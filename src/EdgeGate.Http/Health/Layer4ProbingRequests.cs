using EdgeGate.Http.Forwarding;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace EdgeGate.Http.Health;

/// <summary>Puts what a layer 4 destination is to be asked into YARP's probing request, the only thing that travels.</summary>
internal sealed class Layer4ProbingRequests(IProbingRequestFactory inner) : IProbingRequestFactory
{
    public HttpRequestMessage CreateRequest(ClusterModel cluster, DestinationModel destination)
    {
        HttpRequestMessage request = inner.CreateRequest(cluster, destination);
        if (Layer4Address.Is(request.RequestUri))
        {
            request.Options.Set(
                Layer4ProbeHandler.Script, Layer4Probe.Of(cluster.Config.Metadata, destination.Config.Metadata));
        }

        return request;
    }
}
