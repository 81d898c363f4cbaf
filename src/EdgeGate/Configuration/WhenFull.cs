namespace EdgeGate.Configuration;

/// <summary>What becomes of a connection that finds the gateway full.</summary>
internal enum WhenFull
{
    /// <summary>It waits in the kernel's backlog until a lease is free.</summary>
    Queue,

    /// <summary>It is refused at once: 503 where HTTP allows, a reset elsewhere.</summary>
    Reject,
}
