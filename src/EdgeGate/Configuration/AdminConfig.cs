using System.Net;

namespace EdgeGate.Configuration;

internal sealed record AdminConfig
{
    /// <summary>Loopback unless the operator says otherwise: whoever reaches it may kill connections.</summary>
    public BindAddress Bind { get; init; } = BindAddress.Of(new IPEndPoint(IPAddress.Loopback, 9901));

    /// <summary>What a request must bear; null: whoever reaches the address may ask.</summary>
    public AdminToken? Token { get; init; }
}
