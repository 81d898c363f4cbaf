namespace EdgeGate.Http.Policies;

/// <summary>HTTP Strict Transport Security (RFC 6797).</summary>
public sealed record HstsPolicy
{
    /// <summary>How long a browser remembers to come by TLS only; zero has it forget.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Whether that is so for all names below the host, too.</summary>
    public bool IncludeSubDomains { get; init; }

    /// <summary>Whether browsers may ship with this host in their list (hstspreload.org): hard to take back.</summary>
    public bool Preload { get; init; }
}
