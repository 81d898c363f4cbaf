using System.Net;
using EdgeGate.Native.Polling;
using EdgeGate.Transport;
using EdgeGate.Transport.Admission;
using EdgeGate.Transport.Kestrel;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>The one place that knows how each transport is put into a host.</summary>
internal static class TransportUnderTest
{
    /// <summary>Registers what the transport needs; the stock one comes with Kestrel.</summary>
    public static void Configure(GatewayTransport transport, IServiceCollection services)
    {
        if (transport is not GatewayTransport.Native)
        {
            return;
        }

        services.AddSingleton<TransportMetrics>();
        services.AddSingleton(new AdmissionGate(maxConnections: 10_000, maxDescriptors: 20_000));
        services.AddSingleton(s => new EventLoopGroup(2, PollerKind.Auto, s.GetRequiredService<ILogger<EventLoop>>()));
        services.AddSingleton<TransportServices>();
        services.AddSingleton<IConnectionListenerFactory, LoopTransportFactory>();
    }

    /// <summary>A loopback address of the kind that the transport binds.</summary>
    public static EndPoint EndPoint(GatewayTransport transport, TimeSpan firstByteTimeout)
    {
        var loopback = new IPEndPoint(IPAddress.Loopback, 0);
        return transport is GatewayTransport.Native
            ? new LoopEndPoint(new ListenerOptions { Name = "web", Protocol = "http", EndPoint = loopback })
            {
                FirstByteTimeout = firstByteTimeout,
            }
            : loopback;
    }
}
