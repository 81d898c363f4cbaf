namespace EdgeGate.Transport;

/// <summary>Why a connection ended. The first reason wins.</summary>
public enum CloseReason
{
    /// <summary>It has not ended.</summary>
    None,

    /// <summary>The client closed it.</summary>
    Client,

    /// <summary>The upstream closed it, or the server side finished it.</summary>
    Upstream,

    /// <summary>Nothing went through it for too long.</summary>
    Idle,

    /// <summary>A limit of the gateway or of the machine.</summary>
    Limit,

    /// <summary>Something took too long, such as the connect to the upstream.</summary>
    Timeout,

    /// <summary>It failed.</summary>
    Error,

    /// <summary>The gateway stops, and the drain's deadline is over.</summary>
    Drain,

    /// <summary>An operator ended it.</summary>
    Killed,
}
