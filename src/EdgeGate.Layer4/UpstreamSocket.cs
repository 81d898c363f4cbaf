using EdgeGate.Layer4.Ports;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport;

namespace EdgeGate.Layer4;

/// <summary>The upstream's side of a <see cref="TcpRelay"/>; it passes every report on to the relay.</summary>
/// <param name="descriptor">The socket.</param>
/// <param name="relay">Whose side it is.</param>
/// <param name="port">Where its port was taken; null for a Unix socket.</param>
internal sealed class UpstreamSocket(Descriptor descriptor, TcpRelay relay, PortPool? port) : LoopSocket(descriptor)
{
    internal new Descriptor Descriptor => base.Descriptor;

    protected override void OnReadable(bool ending) => relay.OnUpstreamReadable(this, ending);

    protected override void OnWritable() => relay.OnUpstreamWritable(this);

    // The relay decides when its sides close, and knows.
    protected override void OnClosed() => port?.Return();

    internal new void Close(bool reset) => base.Close(reset);
}
