namespace EdgeGate.Limits;

/// <summary>The connection tracking table, where it is loaded: a relay stands in it twice.</summary>
internal sealed class Conntrack : Limit
{
    public override IEnumerable<Finding> Examine(PlanInput input, long connections)
    {
        if (input.Facts.ConntrackMax is not { } max)
        {
            yield break;
        }

        var count = input.Facts.ConntrackCount ?? 0;
        var each = ConnectionCost.Dearest(input.Config).TrackedConnections;
        if (max - count < connections * each)
        {
            var enough = count + (connections * each);
            yield return new Finding(
                Severity.Warning, "conntrack", "the connection tracking table is smaller than the plan",
                $"net.netfilter.nf_conntrack_max = {max}, {Say.Number(count)} in use",
                $"{Say.Number(enough)}: {each} entries for each connection",
                "New connections hang, those of ssh among them; the kernel logs \"nf_conntrack: table full, dropping packet\". "
                + "It matters only where a firewall rule tracks connections.",
                $"net.netfilter.nf_conntrack_max = {enough}");
        }
    }
}
