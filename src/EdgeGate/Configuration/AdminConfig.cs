using System.Net;

namespace EdgeGate.Configuration;

internal sealed record AdminConfig
{
    /// <summary>Loopback unless the operator says otherwise: whoever reaches it may kill connections.</summary>
    public BindAddress Bind { get; init; } = BindAddress.Of(new IPEndPoint(IPAddress.Loopback, 9901));

    public const string AutoTakeover = "auto";

    public const string NoTakeover = "off";

    /// <summary>The Unix socket where a successor takes the listening sockets over: a path, "auto" or "off".</summary>
    public string TakeoverSocket { get; init; } = AutoTakeover;

    /// <summary>What a request must bear; null: whoever reaches the address may ask.</summary>
    public AdminToken? Token { get; init; }
}
