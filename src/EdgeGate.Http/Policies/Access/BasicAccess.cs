namespace EdgeGate.Http.Policies;

/// <summary>Users with passwords (RFC 7617).</summary>
public sealed record BasicAccess : AccessPolicy
{
    /// <summary>What the browser shows the user.</summary>
    public required string Realm { get; init; }

    /// <summary>The users, and their passwords' bcrypt hashes.</summary>
    public required IReadOnlyDictionary<string, string> Users { get; init; }
}
