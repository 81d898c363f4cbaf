using System.Collections.Immutable;

namespace EdgeGate.Http.Policies;

/// <summary>Which scripts of other sites may read a route's answers (the Fetch standard, "CORS protocol").</summary>
public sealed record CorsRule
{
    /// <summary>Origins such as <c>https://app.example.com</c>; <c>*</c> is any, <c>https://*.example.com</c> a wildcard.</summary>
    public ImmutableArray<string> Origins { get; init; } = [];

    /// <summary>Methods beside the simple ones; <c>*</c> is any.</summary>
    public ImmutableArray<string> Methods { get; init; } = [];

    /// <summary>Request headers beside the simple ones; <c>*</c> is any.</summary>
    public ImmutableArray<string> Headers { get; init; } = [];

    /// <summary>Response headers that scripts may read.</summary>
    public ImmutableArray<string> ExposedHeaders { get; init; } = [];

    /// <summary>Whether cookies and passwords may go along; not together with any origin.</summary>
    public bool Credentials { get; init; }

    /// <summary>How long a browser need not ask again.</summary>
    public TimeSpan? MaxAge { get; init; }
}
