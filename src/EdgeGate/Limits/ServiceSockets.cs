using EdgeGate.Configuration;

namespace EdgeGate.Limits;

/// <summary>Listeners whose sockets another process opens: what cannot be seen before the daemon starts.</summary>
internal sealed class ServiceSockets : Limit
{
    public override IEnumerable<Finding> Examine(PlanInput input, long connections)
    {
        foreach (var group in input.Config.Listeners.Where(l => l.Bind.Kind == BindKind.Systemd).GroupBy(l => l.Bind.Name))
        {
            yield return new Finding(
                Severity.Info, "inherited-socket",
                $"the sockets of {string.Join(", ", group.Select(l => l.Name))} come from the service manager",
                $"\"Bind\": \"systemd:{group.Key}\"", $"a socket unit with FileDescriptorName={group.Key} and Service=edgegate.service",
                "The start fails if it hands none over. Their addresses are not known here, so nothing is said of their ports.",
                "systemctl enable --now edgegate.socket");
        }
    }
}
