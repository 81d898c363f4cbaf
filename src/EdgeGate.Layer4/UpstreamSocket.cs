using EdgeGate.Native.Sockets;
using EdgeGate.Transport;

namespace EdgeGate.Layer4;

/// <summary>The upstream's side of a <see cref="TcpRelay"/>; it passes every report on to the relay.</summary>
internal sealed class UpstreamSocket(Descriptor descriptor, TcpRelay relay) : LoopSocket(descriptor)
{
    internal new Descriptor Descriptor => base.Descriptor;

    protected override void OnReadable(bool ending) => relay.OnUpstreamReadable(this, ending);

    protected override void OnWritable() => relay.OnUpstreamWritable(this);

    protected override void OnClosed()
    {
        // The relay decides when its sides close, and knows.
    }

    internal new void Close(bool reset) => base.Close(reset);
}
