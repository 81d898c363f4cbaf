using EdgeGate.Configuration;

namespace EdgeGate.Limits;

/// <summary>Who can reach the admin address.</summary>
internal sealed class Exposure : Limit
{
    public override IEnumerable<Finding> Examine(PlanInput input, long connections)
    {
        AdminConfig admin = input.Config.Admin;
        if (admin.Bind.IsLoopback)
        {
            yield break;
        }

        if (admin.Token is null)
        {
            yield return new Finding(
                Severity.Warning, "admin-exposed", "the admin address can be reached from other machines, and asks for no token",
                admin.Bind.ToString(), "loopback, or a token, or a network that only operators reach",
                "Whoever reaches it can see every connection, end it, and drain the gateway.",
                $"\"Admin\": {{ \"Bind\": \"127.0.0.1:{admin.Bind.Port}\" }} or \"TokenFile\": \"/etc/edgegate/admin.token\"");
        }
        else
        {
            yield return new Finding(
                Severity.Info, "admin-exposed", "the admin address can be reached from other machines",
                admin.Bind.ToString(), "loopback, or a network that only operators reach",
                "It asks for a token, but not over TLS: who can listen to the network between can read it.",
                $"\"Admin\": {{ \"Bind\": \"127.0.0.1:{admin.Bind.Port}\" }}");
        }
    }
}
