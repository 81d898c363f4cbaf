using EdgeGate.Limits.Overload;
using EdgeGate.Transport;

namespace EdgeGate.Limits.Live;

/// <summary>
/// The fullest accept queue, against the bound that the kernel really gave it. Closing and rejecting do not empty it,
/// accepting does; so it is only told.
/// </summary>
/// <param name="listeners">The listening sockets.</param>
internal sealed class QueueMeter(Func<IEnumerable<Listener>> listeners) : IResourceMeter
{
    public IEnumerable<ResourceUse> Measure() => listeners()
        .Where(listener => listener.Granted.Backlog > 0)
        .Select(listener => new ResourceUse(
            "accept-queue", listener.QueueLength, listener.Granted.Backlog!.Value, OverloadLevel.Warn))
        .OrderByDescending(use => use.Pressure)
        .Take(1);
}
