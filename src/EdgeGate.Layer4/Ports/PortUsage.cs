using System.Net;

namespace EdgeGate.Layer4.Ports;

/// <summary>The ports in use from one source to one address of a destination, at one moment.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Destination">The destination's name.</param>
/// <param name="Source">Whence; null where the kernel chooses.</param>
/// <param name="Address">The destination's address; of UDP, all destinations of a source share its ports.</param>
/// <param name="Used">How many connections hold one, those of other clusters to the same address among them.</param>
/// <param name="Capacity">How many there are; <see cref="PortTable.Unknown"/> where the kernel does not say.</param>
public sealed record PortUsage(
    string Cluster, string Destination, IPAddress? Source, EndPoint Address, int Used, int Capacity)
{
    /// <summary>The share that is in use.</summary>
    public double Ratio => Capacity == 0 ? 1 : (double)Used / Capacity;
}
