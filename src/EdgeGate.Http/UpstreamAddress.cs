using System.Net;

namespace EdgeGate.Http;

/// <summary>Where an upstream connection of a cluster goes.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Host">The destination's host, as its address says it.</param>
/// <param name="Port">The destination's port.</param>
/// <param name="EndPoint">One of the addresses that the host stands for.</param>
public readonly record struct UpstreamAddress(string Cluster, string Host, int Port, IPEndPoint EndPoint);
