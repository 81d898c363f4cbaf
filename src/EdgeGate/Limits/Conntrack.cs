namespace EdgeGate.Limits;

/// <summary>
/// The connection tracking table, where its module is loaded in this network namespace: a relay stands in it twice. Where
/// no firewall rule tracks anything the table stays empty, but a process cannot see that.
/// </summary>
internal sealed class Conntrack : Limit
{
    private const string Setting = "net.netfilter.nf_conntrack_max";

    public override LimitCapacity? Measure(PlanInput input) =>
        input.Facts.ConntrackMax is { } max
            ? new LimitCapacity("conntrack", Setting, max, OfOthers(input), Each(input))
            : null;

    public override UnmeasuredLimit? WhyNot(PlanInput input) =>
        new("conntrack", $"there is no {Setting}: its module is not loaded here");

    public override Remedy RemedyFor(PlanInput input, LimitCapacity capacity, long connections) =>
        Remedy.Sysctl(input, Setting, capacity.Needed(connections));

    /// <summary>The table with which so many connections fit beside those of others.</summary>
    public static long Needed(PlanInput input, long connections) => OfOthers(input) + (connections * Each(input));

    private static int Each(PlanInput input) => ConnectionCost.Dearest(input.Config).TrackedConnections;

    private static long OfOthers(PlanInput input) =>
        Math.Max(0, (input.Facts.ConntrackCount ?? 0) - (input.Facts.OwnConnections * Each(input)));

    public override IEnumerable<Finding> Examine(PlanInput input, long connections)
    {
        if (Measure(input) is { } capacity && capacity.Connections < connections)
        {
            yield return new Finding(
                Severity.Warning, capacity.Resource, "the connection tracking table is smaller than the plan",
                $"{Setting} = {capacity.Total}, {Say.Number(capacity.Base)} in use: {Say.Number(capacity.Connections)} connections",
                $"{Say.Number(capacity.Needed(connections))}: {capacity.PerConnection} entries for each of {Say.Number(connections)} connections",
                "New connections hang, those of ssh among them; the kernel logs \"nf_conntrack: table full, dropping packet\". "
                + "It matters only where a firewall rule tracks connections.",
                RemedyFor(input, capacity, connections));
        }
    }
}
