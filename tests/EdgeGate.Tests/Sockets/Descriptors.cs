using EdgeGate.Native;
using EdgeGate.Native.Interop;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Tests.Sockets;

/// <summary>What tests do to descriptors, and the gateway never does.</summary>
internal static class Descriptors
{
    /// <summary>F_DUPFD.</summary>
    internal const int LowestFreeFrom = 0;

    /// <summary>Duplicates onto a number that is free, or the next free one above.</summary>
    internal static OwnedDescriptor DuplicateFrom(this OwnedDescriptor descriptor, int number) =>
        new(SysResult.From(Libc.fcntl(descriptor.Descriptor.Number, LowestFreeFrom, number)).OrThrow("fcntl F_DUPFD"));
}
