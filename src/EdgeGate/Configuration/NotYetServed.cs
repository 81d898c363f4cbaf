namespace EdgeGate.Configuration;

/// <summary>
/// What the configuration can say and this version cannot do. Refused at the start, because a listener that
/// is silently missing is worse. A feature that arrives takes its line away here, and nothing else.
/// </summary>
internal static class NotYetServed
{
    public static void Report(GatewayConfig config, ConfigurationReport report)
    {
        if (config.Admin.Bind.Kind is BindKind.Systemd or BindKind.Unix)
        {
            report.Error("EdgeGate:Admin:Bind", Say($"{config.Admin.Bind.Kind.ToString().ToLowerInvariant()}: binds"));
        }
    }

    private static string Say(string what) => $"this version of EdgeGate does not serve {what} yet; the syntax is right";
}
