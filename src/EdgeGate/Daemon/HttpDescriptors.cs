using System.Diagnostics.Metrics;
using EdgeGate.Transport.Admission;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Daemon;

/// <summary>The descriptors of layer 7's upstream connections: those that the gate has left beside its leases.</summary>
internal sealed class HttpDescriptors
{
    private const long MillisecondsPerLog = 1000;

    private readonly AdmissionGate _gate;
    private readonly Counter<long> _exhaustions;
    private readonly ILogger _log;
    private long _logged = -MillisecondsPerLog;

    public HttpDescriptors(AdmissionGate gate, Meter meter, ILogger log)
    {
        _gate = gate;
        _log = log;
        _exhaustions = meter.CreateCounter<long>(
            "edgegate.upstream.descriptor.exhaustions",
            description: "HTTP requests for whose upstream connection no descriptor was left.");
    }

    /// <summary>Takes one; null, and told of, if there is none.</summary>
    public IDisposable? Take()
    {
        IDisposable? taken = _gate.TryAcquireShared();
        if (taken is null)
        {
            _exhaustions.Add(1);
            long now = Environment.TickCount64;
            long last = Interlocked.Read(ref _logged);
            if (now - last >= MillisecondsPerLog
                && Interlocked.CompareExchange(ref _logged, now, last) == last) // of several at once, one tells
            {
                DaemonLog.DescriptorsExhausted(_log, _gate.Descriptors, _gate.MaxDescriptors);
            }
        }

        return taken;
    }
}
