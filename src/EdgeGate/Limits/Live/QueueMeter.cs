using EdgeGate.Limits.Overload;
using EdgeGate.Transport;

namespace EdgeGate.Limits.Live;

/// <summary>
/// The fullest accept queue. Closing and rejecting do not empty it, accepting does; so it is only told.
/// </summary>
/// <param name="listeners">The listening sockets.</param>
/// <param name="backlog">How long the queue of the listener of that name may grow.</param>
internal sealed class QueueMeter(Func<IEnumerable<Listener>> listeners, Func<string, long?> backlog) : IResourceMeter
{
    public IEnumerable<ResourceUse> Measure()
    {
        ResourceUse fullest = default;
        foreach (Listener listener in listeners())
        {
            if (backlog(listener.Name) is { } bound and > 0)
            {
                var use = new ResourceUse("accept-queue", listener.QueueLength, bound, OverloadLevel.Warn);
                fullest = fullest.Capacity == 0 || use.Pressure > fullest.Pressure ? use : fullest;
            }
        }

        return fullest.Capacity > 0 ? [fullest] : [];
    }
}
