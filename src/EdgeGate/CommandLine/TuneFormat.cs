namespace EdgeGate.CommandLine;

internal enum TuneFormat
{
    Sysctl,
    Systemd,
    Json,
}
