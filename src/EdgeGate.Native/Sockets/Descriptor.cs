namespace EdgeGate.Native.Sockets;

/// <summary>
/// The number of an open descriptor. It owns nothing: it is for use inside the owner (an event loop's socket, a
/// <see cref="OwnedDescriptor"/>), where the number cannot have been closed and given to somebody else.
/// </summary>
/// <param name="Number">The kernel's number.</param>
public readonly record struct Descriptor(int Number)
{
    /// <summary>No descriptor.</summary>
    public static readonly Descriptor None = new(-1);

    /// <summary>Whether this names a descriptor.</summary>
    public bool IsValid => Number >= 0;
}
