namespace EdgeGate.CommandLine.Top;

/// <summary>What a key asks of top beside a change of what it shows.</summary>
internal enum TopAction
{
    None,

    /// <summary>The gateway is to be asked for other connections.</summary>
    Ask,

    /// <summary>The connection that was asked about is to be ended.</summary>
    Kill,

    Quit,
}
