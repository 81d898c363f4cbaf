namespace EdgeGate.Systemd;

/// <summary>Whether standard output goes to the journal, which reads a priority in front of each line: sd-daemon(3).</summary>
internal static class JournalStream
{
    /// <summary>
    /// JOURNAL_STREAM names the device and the inode of the stream (systemd.exec(5)). A shell in a service inherits the
    /// variable and not the stream, so the two are compared.
    /// </summary>
    public static bool IsOutput()
    {
        string? stream = Environment.GetEnvironmentVariable("JOURNAL_STREAM");
        int colon = stream?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        return colon >= 0 && OperatingSystem.IsLinux()
            && new FileInfo("/proc/self/fd/1").LinkTarget == $"socket:[{stream![(colon + 1)..]}]";
    }
}
