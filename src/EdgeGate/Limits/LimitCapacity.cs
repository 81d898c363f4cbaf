namespace EdgeGate.Limits;

/// <summary>How many connections one limit holds.</summary>
/// <param name="Resource">What is counted: the label of <c>edgegate_limit_capacity</c>.</param>
/// <param name="Setting">The setting that binds, by the name under which one changes it.</param>
/// <param name="Total">All of the resource that this process may have, in <paramref name="Unit"/>.</param>
/// <param name="Base">What the daemon needs before the first connection, the reserve included.</param>
/// <param name="PerConnection">What the dearest connection takes.</param>
/// <param name="Unit">What the three are counted in.</param>
internal sealed record LimitCapacity(
    string Resource, string Setting, long Total, long Base, long PerConnection, LimitUnit Unit = LimitUnit.Count)
{
    /// <summary>What is left for connections.</summary>
    public long Available => Math.Max(0, Total - Base);

    /// <summary>How many connections fit, whatever their lanes.</summary>
    public long Connections => Available / PerConnection;

    /// <summary>The total that so many connections need.</summary>
    public long Needed(long connections) => Base + (connections * PerConnection);

    /// <summary>An amount of the resource, for people.</summary>
    public string Say(long amount) => Unit == LimitUnit.Bytes ? Limits.Say.Bytes(amount) : Limits.Say.Number(amount);
}
