using System.Net;

namespace EdgeGate.Layer4;

/// <summary>One address that a cluster's connections can go to.</summary>
/// <param name="Id">The destination's name in the configuration.</param>
/// <param name="EndPoint">Its address, resolved.</param>
public sealed record TcpDestination(string Id, EndPoint EndPoint);
