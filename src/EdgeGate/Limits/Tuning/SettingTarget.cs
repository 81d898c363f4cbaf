namespace EdgeGate.Limits.Tuning;

/// <summary>Who takes a setting.</summary>
internal enum SettingTarget
{
    /// <summary>The kernel: sysctl.d(5).</summary>
    Sysctl,

    /// <summary>The service: systemd.exec(5), systemd.resource-control(5).</summary>
    Systemd,
}
