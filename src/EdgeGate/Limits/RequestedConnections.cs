namespace EdgeGate.Limits;

/// <summary>Compares the numbers that the operator wrote with what fits.</summary>
internal static class RequestedConnections
{
    public static IEnumerable<Finding> Examine(PlanInput input, LimitCapacity binding)
    {
        if (input.Config.Limits.MaxConnections is { } wanted && wanted > binding.Connections)
        {
            yield return TooMany("max-connections", "EdgeGate:Limits:MaxConnections", wanted, binding, binding.PerConnection);
        }

        foreach (var listener in input.Config.Listeners)
        {
            var cost = ConnectionCost.Of(listener.Protocol).Descriptors;
            if (listener.Settings.MaxConnections is { } own && own > binding.Available / cost)
            {
                yield return TooMany(
                    "listener-max-connections", $"EdgeGate:Listeners:{listener.Name}:MaxConnections", own, binding, cost);
            }
        }
    }

    private static Finding TooMany(string id, string path, long wanted, LimitCapacity binding, int cost)
    {
        var enough = binding.Base + (wanted * cost);
        return new Finding(
            Severity.Error, id, $"{path} is more than {binding.Setting} holds",
            $"{Say.Number(wanted)} wanted, {Say.Number(binding.Available / cost)} fit: {Say.Number(binding.Total)} "
            + $"{binding.Resource} less {Say.Number(binding.Base)} for the daemon, {cost} for each connection",
            $"{binding.Setting} {Say.Number(enough)}, or \"MaxConnections\": {binding.Available / cost}",
            "EdgeGate admits only what fits; the rest waits or is refused (edgegate_connections_rejected_total).",
            Descriptors.Remedy(binding.Setting, enough));
    }
}
