namespace EdgeGate.Limits;

/// <summary>Who can reach the admin address.</summary>
internal sealed class Exposure : Limit
{
    public override IEnumerable<Finding> Examine(PlanInput input, long connections)
    {
        var bind = input.Config.Admin.Bind;
        if (!bind.IsLoopback)
        {
            yield return new Finding(
                Severity.Warning, "admin-exposed", "the admin address can be reached from other machines",
                bind.ToString(), "loopback, or a network that only operators reach",
                "Whoever reaches it can see every connection, end it, and drain the gateway.",
                $"\"Admin\": {{ \"Bind\": \"127.0.0.1:{bind.Port}\" }}");
        }
    }
}
