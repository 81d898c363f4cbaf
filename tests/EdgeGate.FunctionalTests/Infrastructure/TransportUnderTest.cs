using System.Net;
using EdgeGate.Daemon;
using EdgeGate.Http.Upstream;
using EdgeGate.Native.Polling;
using EdgeGate.Transport;
using EdgeGate.Transport.Admission;
using EdgeGate.Transport.Kestrel;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>The one place that knows how each transport is put into a host.</summary>
internal static class TransportUnderTest
{
    /// <summary>Registers what the transport needs; the stock one comes with Kestrel.</summary>
    /// <returns>Where upstream connections live; null if that is HttpClient's business.</returns>
    public static IUpstreamLoops? Configure(GatewayTransport transport, IServiceCollection services)
    {
        if (transport is GatewayTransport.Stock)
        {
            return null;
        }

        EventLoopGroup loops = new(2, PollerKind.Auto, NullLogger<EventLoop>.Instance);

        services.AddSingleton<TransportMetrics>();
        services.AddSingleton(new AdmissionGate(maxConnections: 10_000, maxDescriptors: 20_000));
        services.AddSingleton(_ => loops); // made by the container, as it seems, and so disposed by it
        services.AddSingleton<TransportServices>();
        services.AddSingleton<IConnectionListenerFactory, LoopTransportFactory>();
        return transport is GatewayTransport.Loops ? new HttpUpstreamLoops(loops) : null;
    }

    /// <summary>A loopback address of the kind that the transport binds.</summary>
    public static EndPoint EndPoint(GatewayTransport transport, TimeSpan firstByteTimeout)
    {
        var loopback = new IPEndPoint(IPAddress.Loopback, 0);
        return transport is not GatewayTransport.Stock
            ? new LoopEndPoint(new ListenerOptions { Name = "web", Protocol = "http", EndPoint = loopback })
            {
                FirstByteTimeout = firstByteTimeout,
                RunsOnLoop = transport is GatewayTransport.Loops,
            }
            : loopback;
    }
}
