using System.Diagnostics;
using System.Net.Sockets;

namespace EdgeGate.Http;

/// <summary>How an attempt to connect to a destination ended.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Host">The destination's host, as its address names it.</param>
/// <param name="Port">Its port.</param>
/// <param name="Duration">How long it took, name resolution and all addresses together.</param>
/// <param name="Error">Why it failed, or success.</param>
/// <param name="RequestedBy">The span of the request that it was made for; null where that is not traced, or not known.</param>
public readonly record struct UpstreamConnect(
    string Cluster, string Host, int Port, TimeSpan Duration, SocketError Error, Activity? RequestedBy = null);
