using EdgeGate.Native;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Transport;

/// <summary>
/// What the kernel really gave of what a listening socket asked for. It cuts down silently: a backlog to net.core.somaxconn
/// (listen(2)), buffers to net.core.rmem_max and wmem_max (socket(7)).
/// </summary>
/// <param name="Backlog">The bound of the accept queue; null where there is none, or the kernel does not tell it.</param>
/// <param name="ReceiveBufferBytes">SO_RCVBUF in the unit in which it is asked for; null where that was left to the kernel.</param>
/// <param name="SendBufferBytes">SO_SNDBUF likewise.</param>
public sealed record SocketGrants(long? Backlog, long? ReceiveBufferBytes, long? SendBufferBytes)
{
    /// <summary>Reads a socket back that was set up with these options.</summary>
    internal static SocketGrants Read(Descriptor descriptor, ListenerOptions options) => new(
        TcpInfo.TryRead(descriptor, out TcpInfo info) && OperatingSystem.IsLinux() ? info.SelectivelyAcknowledged : null,
        options.ReceiveBufferBytes is null ? null : Halved(SocketOptions.GetReceiveBuffer(descriptor)),
        options.SendBufferBytes is null ? null : Halved(SocketOptions.GetSendBuffer(descriptor)));

    /// <summary>What was asked for and not given: its name, how much was wanted, how much there is, what caps it.</summary>
    internal IEnumerable<(string What, long Wanted, long Given, string Setting)> Cuts(ListenerOptions options)
    {
        if (Backlog < options.Backlog)
        {
            yield return ("Backlog", options.Backlog, Backlog.Value, "net.core.somaxconn");
        }

        if (ReceiveBufferBytes < options.ReceiveBufferBytes)
        {
            yield return ("ReceiveBuffer", options.ReceiveBufferBytes.Value, ReceiveBufferBytes.Value, "net.core.rmem_max");
        }

        if (SendBufferBytes < options.SendBufferBytes)
        {
            yield return ("SendBuffer", options.SendBufferBytes.Value, SendBufferBytes.Value, "net.core.wmem_max");
        }
    }

    // Linux doubles what it grants, for what it keeps beside the bytes, and says the double: socket(7).
    private static long? Halved(SysResult size) => size.Failed ? null : OperatingSystem.IsLinux() ? size.Value / 2 : size.Value;
}
