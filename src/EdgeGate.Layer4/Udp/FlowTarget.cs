using EdgeGate.Layer4.Ports;
using EdgeGate.Layer4.Upstreams;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Layer4.Udp;

/// <summary>Where a flow goes.</summary>
/// <param name="Address">The destination's address.</param>
/// <param name="Port">Whose port the socket has.</param>
/// <param name="Socket">The socket, connected to the address.</param>
internal readonly record struct FlowTarget(DestinationAddress Address, PortPool Port, Descriptor Socket);
