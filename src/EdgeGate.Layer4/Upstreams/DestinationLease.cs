namespace EdgeGate.Layer4.Upstreams;

/// <summary>A place at a destination. Disposed once, when what it was taken for has ended.</summary>
internal sealed class DestinationLease : IDisposable
{
    private readonly UpstreamCluster _cluster;
    private int _held = 1;

    internal DestinationLease(UpstreamCluster cluster, Destination destination)
    {
        _cluster = cluster;
        Destination = destination;
    }

    internal Destination Destination { get; }

    /// <summary>It was reached.</summary>
    internal void ReportConnected() => Destination.CountConnected();

    /// <summary>It could not be reached, and the cause is not here. Enough of these in a row take it out for a while.</summary>
    internal void ReportFailure() => _cluster.CountFailure(Destination);

    /// <summary>Gives the place back; only the first call does.</summary>
    public void Dispose()
    {
        // The owner's loop ends it, or a queue that granted it to somebody who had left: whoever is first.
        if (Interlocked.Exchange(ref _held, 0) == 1)
        {
            _cluster.Release(Destination);
        }
    }
}
