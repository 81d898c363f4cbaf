namespace EdgeGate.Native.Polling;

/// <summary>What a descriptor is ready for.</summary>
[Flags]
public enum Readiness
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A read will not block.</summary>
    Readable = 1,

    /// <summary>A write will not block.</summary>
    Writable = 2,

    /// <summary>The stream ends or has failed: a read that gives less than was asked for is not the last one.</summary>
    Ending = 4,

    /// <summary>Nothing will come or go any more: both directions are closed, or the connection has failed.</summary>
    HungUp = 8,
}
