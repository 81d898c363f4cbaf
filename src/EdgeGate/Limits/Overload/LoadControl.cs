using EdgeGate.Configuration;
using EdgeGate.Limits.Live;
using EdgeGate.Native.Kernel;
using EdgeGate.Telemetry;
using EdgeGate.Transport;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Limits.Overload;

/// <summary>The running gateway's eyes on its own load: which resources are measured, and the ladder over them.</summary>
internal sealed class LoadControl : IDisposable
{
    private readonly GateMeter _gate;
    private readonly KernelMeter _kernel;

    /// <param name="transport">Loops, gate and listeners.</param>
    /// <param name="plan">The plan in force.</param>
    /// <param name="limits">The limits in force.</param>
    /// <param name="log">Where the ladder tells.</param>
    /// <param name="more">Other resources to measure.</param>
    public LoadControl(
        TransportServices transport, Func<CapacityPlan> plan, Func<LimitsConfig> limits, ILogger log,
        params IResourceMeter[] more)
    {
        _gate = new GateMeter(transport.Gate);
        _kernel = new KernelMeter(
            new KernelLoadReader().Read, () => plan().Facts, () => limits().MemoryFraction);
        Monitor = new OverloadMonitor(
            [
                _gate, _kernel, new LoopMeter(transport.Loops, TimeProvider.System),
                new QueueMeter(() => transport.Metrics.Listeners),
                .. more,
            ],
            new OverloadActions(transport.Gate, transport.Loops), () => limits().Overload, TimeProvider.System, log);
        LimitMetrics.Register(transport.Metrics.Meter, this);
    }

    /// <summary>The ladder.</summary>
    public OverloadMonitor Monitor { get; }

    /// <summary>What the kernel said last.</summary>
    public KernelLoad Kernel => _kernel.Last;

    /// <summary>Every resource: the gate's as they are this moment, the others as they were measured last.</summary>
    public IEnumerable<ResourceUse> Uses()
    {
        ResourceUse[] exact = [.. _gate.Measure()];
        return exact.Concat(Monitor.States.Select(state => state.Use)
            .Where(use => !exact.Any(known => known.Resource == use.Resource)));
    }

    /// <summary>Measures once, and from then on twice a second.</summary>
    public async Task StartAsync()
    {
        await Monitor.RoundAsync();
        Monitor.Start();
    }

    public void Dispose() => Monitor.Dispose();
}
