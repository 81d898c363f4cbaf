using System.Diagnostics.Metrics;

namespace EdgeGate.Telemetry;

/// <summary>How reloads of the configuration went. Counted from the start, so that the first failure is an increase.</summary>
internal sealed class ReloadMetrics
{
    private long _succeeded;
    private long _failed;
    private volatile bool _lastSucceeded = true; // the configuration of the start was good

    public ReloadMetrics(Meter meter)
    {
        meter.CreateObservableCounter(
            "edgegate.config.reloads",
            () => new Measurement<long>[]
            {
                new(Succeeded, new KeyValuePair<string, object?>("result", "success")),
                new(Failed, new KeyValuePair<string, object?>("result", "failed")),
            },
            description: "Reloads of the configuration.");
        meter.CreateObservableGauge(
            "edgegate.config.last.reload.success",
            () => LastSucceeded ? 1 : 0,
            description: "Whether the configuration that was last read is the one that is served: 1 or 0.");
    }

    public long Succeeded => Volatile.Read(ref _succeeded);

    public long Failed => Volatile.Read(ref _failed);

    /// <summary>Whether the last reload was taken; true before the first.</summary>
    public bool LastSucceeded => _lastSucceeded;

    /// <summary>Reloads come one after the other, so there is one writer.</summary>
    public void Count(bool succeeded)
    {
        if (succeeded)
        {
            Volatile.Write(ref _succeeded, _succeeded + 1);
        }
        else
        {
            Volatile.Write(ref _failed, _failed + 1);
        }

        _lastSucceeded = succeeded;
    }
}
