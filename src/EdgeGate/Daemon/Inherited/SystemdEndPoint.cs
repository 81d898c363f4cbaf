using System.Net;

namespace EdgeGate.Daemon.Inherited;

/// <summary>The place of a socket that systemd opened, by which a reload knows it again.</summary>
/// <param name="name">Its FileDescriptorName.</param>
/// <param name="address">The socket's own address.</param>
/// <param name="ordinal">Which of the sockets with that name and address it is.</param>
internal sealed class SystemdEndPoint(string name, EndPoint address, int ordinal) : EndPoint
{
    public string Name => name;

    public EndPoint Address => address;

    public int Ordinal => ordinal;

    public override bool Equals(object? other) => other is SystemdEndPoint place
        && name == place.Name && address.Equals(place.Address) && ordinal == place.Ordinal;

    public override int GetHashCode() => HashCode.Combine(name, address, ordinal);

    public override string ToString() => $"systemd:{name} ({address})";
}
