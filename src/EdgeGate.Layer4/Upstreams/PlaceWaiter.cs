using System.Net;
using EdgeGate.Transport;

namespace EdgeGate.Layer4.Upstreams;

/// <summary>Somebody who waits in a <see cref="PlaceQueue"/> for a place at a destination.</summary>
internal abstract class PlaceWaiter
{
    /// <param name="loop">Where it is told.</param>
    /// <param name="source">The client's address.</param>
    protected PlaceWaiter(EventLoop loop, IPAddress? source)
    {
        Loop = loop;
        Source = source;
        Node = new LinkedListNode<PlaceWaiter>(this);
    }

    internal EventLoop Loop { get; }

    internal IPAddress? Source { get; }

    // The rest is the queue's, under its lock.
    internal LinkedListNode<PlaceWaiter> Node { get; }

    internal DestinationLease? Granted { get; set; }

    /// <summary>It has a place, which it now owns. On its loop's thread, and never after it has left the queue.</summary>
    protected internal abstract void OnGranted(DestinationLease lease);
}
