using Microsoft.AspNetCore.Authentication;

namespace EdgeGate.Http.Policies.Access;

/// <summary>What a scheme of users with passwords knows.</summary>
internal sealed class BasicOptions : AuthenticationSchemeOptions
{
    public string Realm { get; set; } = "";

    public Passwords Passwords { get; set; } = null!;
}
