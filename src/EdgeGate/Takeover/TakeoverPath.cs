using EdgeGate.Configuration;

namespace EdgeGate.Takeover;

/// <summary>Where a running daemon waits for its successor.</summary>
internal static class TakeoverPath
{
    private const string FileName = "takeover.sock";
    private const string UsualFolder = "/run/edgegate";

    /// <summary>Where this daemon is to wait; null if nowhere: it is told not to, or has no folder of its own.</summary>
    public static string? OfServer(AdminConfig admin) => admin.TakeoverSocket switch
    {
        AdminConfig.NoTakeover => null,
        AdminConfig.AutoTakeover => RuntimeFolder() is { } folder ? Path.Combine(folder, FileName) : null,
        var path => path,
    };

    /// <summary>Where the daemon waits that has the same configuration; null if it does not.</summary>
    public static string? OfPredecessor(AdminConfig admin) =>
        OfServer(admin) ?? (admin.TakeoverSocket == AdminConfig.NoTakeover ? null : Path.Combine(UsualFolder, FileName));

    // RuntimeDirectory= of systemd.exec(5), which may name several.
    private static string? RuntimeFolder() =>
        Environment.GetEnvironmentVariable("RUNTIME_DIRECTORY")?.Split(':') is [{ Length: > 0 } first, ..] ? first : null;
}
