namespace EdgeGate.Native.Polling;

/// <summary>What a poller reports of a descriptor.</summary>
[Flags]
public enum Interest
{
    /// <summary>Nothing (epoll still reports errors and hang-ups).</summary>
    None = 0,

    /// <summary>There is something to read, or the peer will send no more.</summary>
    Readable = 1,

    /// <summary>There is room to write, or a connect has ended.</summary>
    Writable = 2,

    /// <summary>Report a change once, not for as long as it lasts.</summary>
    EdgeTriggered = 4,

    /// <summary>What a connection is registered with, once for its life.</summary>
    Connection = Readable | Writable | EdgeTriggered,
}
