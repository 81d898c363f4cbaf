namespace EdgeGate.CommandLine;

/// <summary>The running daemon that a command talks to.</summary>
/// <param name="Address">Its admin address.</param>
/// <param name="Token">The token to bear, or null.</param>
internal sealed record AdminTarget(Uri Address, string? Token)
{
    public static Uri DefaultAddress { get; } = new("http://127.0.0.1:9901");

    // Not the record's own text: a token is not to be printed.
    public override string ToString() => Address.ToString().TrimEnd('/');
}
