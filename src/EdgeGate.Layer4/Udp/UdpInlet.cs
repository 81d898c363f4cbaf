using EdgeGate.Native.Polling;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport;

namespace EdgeGate.Layer4.Udp;

/// <summary>
/// Where one flow's client is heard once another process reads the listener's socket: a second socket of the listener's
/// address, connected to the client. The kernel prefers it for what that client sends, and gives all else to the other
/// process.
/// </summary>
internal sealed class UdpInlet(Descriptor descriptor, UdpListener listener, UdpFlow flow) : LoopSocket(descriptor)
{
    protected override Interest Interest => Interest.Readable;

    internal void End() => Close(reset: false);

    protected override void OnReadable(bool ending) => listener.ReceiveFromClient(Descriptor, flow);

    protected override void OnWritable()
    {
        // Answers leave from the listener's socket.
    }

    protected override void OnClosed()
    {
    }
}
