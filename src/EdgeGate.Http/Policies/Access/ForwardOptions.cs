using Microsoft.AspNetCore.Authentication;
using Yarp.ReverseProxy;

namespace EdgeGate.Http.Policies.Access;

/// <summary>What a scheme that asks a server knows.</summary>
internal sealed class ForwardOptions : AuthenticationSchemeOptions
{
    public ForwardAccess Policy { get; set; } = null!;

    public Func<IProxyStateLookup> Clusters { get; set; } = null!;
}
