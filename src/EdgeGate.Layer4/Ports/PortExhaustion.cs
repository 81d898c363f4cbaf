using System.Net;

namespace EdgeGate.Layer4.Ports;

/// <summary>A destination that could not be dialled, because no source had a port left to it.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Destination">The destination's name.</param>
/// <param name="Address">Which of its addresses.</param>
/// <param name="Used">The ports that EdgeGate holds of all of them.</param>
/// <param name="Capacity">The ports that there are of all of them.</param>
public readonly record struct PortExhaustion(
    string Cluster, string Destination, EndPoint Address, long Used, long Capacity)
{
    /// <summary>What is so of these pools now.</summary>
    public static PortExhaustion Of(string cluster, string destination, EndPoint address, ReadOnlySpan<PortPool> pools)
    {
        long used = 0;
        long capacity = 0;
        foreach (PortPool pool in pools)
        {
            used += pool.Used;
            capacity += pool.Capacity;
        }

        return new PortExhaustion(cluster, destination, address, used, capacity);
    }
}
