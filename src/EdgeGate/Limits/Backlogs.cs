using EdgeGate.Configuration;

namespace EdgeGate.Limits;

/// <summary>The accept queue: listen(2) silently caps the backlog at net.core.somaxconn.</summary>
internal sealed class Backlogs : Limit
{
    /// <summary>What the kernel makes of a wanted backlog.</summary>
    public static long Effective(PlanInput input, int backlog) => Math.Min(backlog, input.Facts.Somaxconn ?? backlog);

    public override IEnumerable<Finding> Examine(PlanInput input, long connections)
    {
        var facts = input.Facts;
        var accepting = input.Config.Listeners.Where(l => l.Protocol != ListenerProtocol.Udp);
        foreach (var group in accepting.GroupBy(l => l.Settings.Backlog).OrderBy(g => g.Key))
        {
            var (backlog, names) = (group.Key, string.Join(", ", group.Select(l => l.Name)));
            if (facts.Somaxconn is { } somaxconn && somaxconn < backlog)
            {
                yield return new Finding(
                    Severity.Warning, "backlog", $"the backlog of {names} is cut down to net.core.somaxconn",
                    $"net.core.somaxconn = {somaxconn}", $"{backlog} (Backlog)",
                    $"In a burst beyond {Say.Number(somaxconn)} waiting connections the kernel drops handshakes and clients "
                    + $"hang for a second and more; ListenOverflows in /proc/net/netstat grows{Say.Now(facts.Netstat.ListenOverflows)}.",
                    Remedy.Sysctl(input, "net.core.somaxconn", backlog));
            }

            if (facts.SynBacklogMax is { } synBacklog && synBacklog < backlog)
            {
                yield return new Finding(
                    Severity.Info, "syn-backlog", $"fewer half-open connections than the backlog of {names}",
                    $"net.ipv4.tcp_max_syn_backlog = {synBacklog}", $"{backlog} (Backlog)",
                    "In a burst of new connections SYN cookies begin early, or, where they are off, requests are dropped; "
                    + $"TCPReqQFullDrop in /proc/net/netstat grows{Say.Now(facts.Netstat.TcpReqQFullDrop)}.",
                    Remedy.Sysctl(input, "net.ipv4.tcp_max_syn_backlog", backlog));
            }
        }
    }
}
