using EdgeGate.Configuration;

namespace EdgeGate.Limits;

/// <summary>Compares the numbers that the operator wrote with what fits.</summary>
internal static class RequestedConnections
{
    /// <param name="input">What the plan is made from.</param>
    /// <param name="limit">The limit that binds.</param>
    /// <param name="binding">What it holds.</param>
    public static IEnumerable<Finding> Examine(PlanInput input, Limit limit, LimitCapacity binding)
    {
        if (input.Config.Limits.MaxConnections is { } wanted && wanted > binding.Connections)
        {
            yield return TooMany(input, limit, binding, "max-connections", "EdgeGate:Limits:MaxConnections", wanted);
        }

        foreach (ListenerConfig listener in input.Config.Listeners)
        {
            if (listener.Settings.MaxConnections is { } own && own > binding.Connections)
            {
                yield return TooMany(
                    input, limit, binding, "listener-max-connections", $"EdgeGate:Listeners:{listener.Name}:MaxConnections", own);
            }
        }
    }

    private static Finding TooMany(
        PlanInput input, Limit limit, LimitCapacity binding, string id, string path, long wanted)
    {
        string daemon = binding.Base == 0 ? "" : $" less {binding.Say(binding.Base)} for the daemon";
        return new Finding(
            Severity.Error, id, $"{path} is more than {binding.Setting} holds",
            $"{Say.Number(wanted)} wanted, {Say.Number(binding.Connections)} fit: {binding.Resource} "
            + $"{binding.Say(binding.Total)}{daemon}, {binding.Say(binding.PerConnection)} for each connection",
            $"{binding.Resource} {binding.Say(binding.Needed(wanted))}, or \"MaxConnections\": {binding.Connections}",
            "EdgeGate admits only what fits; the rest waits or is refused (edgegate_connections_rejected_total).",
            limit.RemedyFor(input, binding, wanted));
    }
}
