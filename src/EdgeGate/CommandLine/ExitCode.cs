namespace EdgeGate.CommandLine;

/// <summary>What the process answers; 78 is EX_CONFIG of sysexits.h, which systemd names in its logs.</summary>
internal static class ExitCode
{
    public const int Good = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int Configuration = 78;
}
