namespace EdgeGate.Http.Policies;

/// <summary>Bearers of a JSON Web Token (RFC 6750, RFC 7519).</summary>
public sealed record JwtAccess : AccessPolicy
{
    /// <summary>The URL whose <c>/.well-known/openid-configuration</c> names issuer and keys; null where <see cref="Keys"/> are given.</summary>
    public string? Authority { get; init; }

    /// <summary>A JSON Web Key Set (RFC 7517), so that nobody need be asked; null where <see cref="Authority"/> is given.</summary>
    public string? Keys { get; init; }

    /// <summary>Who must have made the token; null: whom the authority names.</summary>
    public string? Issuer { get; init; }

    /// <summary>Whom the token must be for; null: anybody.</summary>
    public string? Audience { get; init; }

    /// <summary>What it must say; a list that is separated by spaces, such as <c>scope</c>, need only hold the value.</summary>
    public IReadOnlyDictionary<string, string> RequiredClaims { get; init; } = new Dictionary<string, string>();
}
