namespace EdgeGate.Http.Forwarding;

/// <summary>Tells the destinations of layer 4 clusters, which share YARP's section, from HTTP ones.</summary>
internal static class Layer4Address
{
    public static bool Is(string address) =>
        address.StartsWith("tcp://", StringComparison.OrdinalIgnoreCase)
        || address.StartsWith("udp://", StringComparison.OrdinalIgnoreCase);

    public static bool Is(Uri? address) => address is { Scheme: "tcp" or "udp" };
}
