namespace EdgeGate.Http.Policies;

/// <summary>What a client is shown of a status; at least one of the two is there.</summary>
public sealed record ErrorPage
{
    /// <summary>For people, in UTF-8.</summary>
    public ReadOnlyMemory<byte>? Html { get; init; }

    /// <summary>For programs.</summary>
    public ReadOnlyMemory<byte>? Json { get; init; }
}
