using EdgeGate.Transport.Admission;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Transport;

/// <summary>What every listener of the process shares.</summary>
/// <param name="Loops">The event loops.</param>
/// <param name="Gate">The admission gate.</param>
/// <param name="Metrics">The meter's instruments.</param>
/// <param name="ListenerLog">Where listeners log.</param>
public sealed record TransportServices(
    EventLoopGroup Loops, AdmissionGate Gate, TransportMetrics Metrics, ILogger<Listener> ListenerLog);
