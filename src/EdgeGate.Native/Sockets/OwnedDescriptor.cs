using EdgeGate.Native.Interop;
using Microsoft.Win32.SafeHandles;

namespace EdgeGate.Native.Sockets;

/// <summary>
/// A descriptor that closes with its owner, for the few that live as long as a component (pollers, listeners before
/// they join a loop, the reserve). Connections are not wrapped like this: their loop closes them.
/// </summary>
public sealed class OwnedDescriptor : SafeHandleMinusOneIsInvalid
{
    internal OwnedDescriptor(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    /// <summary>The number, valid until this owner is disposed.</summary>
    public Descriptor Descriptor => new((int)handle);

    /// <summary>Gives the number away: from now on the caller closes it.</summary>
    public Descriptor Release()
    {
        Descriptor descriptor = Descriptor;
        SetHandleAsInvalid();
        return descriptor;
    }

    /// <summary>
    /// Keeps the number open while a thread other than the owner uses it, against the race with a dispose: a number
    /// closed in between could be a stranger's by the time of the system call. False if it is closed already.
    /// </summary>
    internal bool TryBorrow()
    {
        bool borrowed = false;
        try
        {
            DangerousAddRef(ref borrowed);
        }
        catch (ObjectDisposedException)
        {
            // Only at shutdown: whoever is woken has ended.
        }

        return borrowed;
    }

    /// <summary>Ends a successful <see cref="TryBorrow"/>.</summary>
    internal void GiveBack() => DangerousRelease();

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;
}
