namespace EdgeGate.Transport;

/// <summary>Why a datagram was not passed on. What finds no place in the flow table is a rejection instead.</summary>
public enum DropReason
{
    /// <summary>The kernel's receive buffer of the listener was full.</summary>
    Queue,

    /// <summary>No destination of the cluster could be reached.</summary>
    Upstream,

    /// <summary>The kernel did not take it on its way out: no room, too long, no route.</summary>
    Send,

    /// <summary>It claims to come from where no client can be.</summary>
    Source,

    /// <summary>It would have begun a flow while the listener drains.</summary>
    Drain,
}
