using System.Globalization;
using EdgeGate.Native.Sockets;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Systemd;

/// <summary>The sockets that systemd, or whoever speaks its protocol, opened for us: sd_listen_fds_with_names(3).</summary>
internal static class ListenDescriptors
{
    private const int First = 3;

    /// <summary>What a descriptor is called where LISTEN_FDNAMES does not say.</summary>
    private const string Unnamed = "unknown";

    /// <summary>
    /// Takes them over, and takes the variables away, so that no program that we may start believes them to be its own.
    /// </summary>
    public static IReadOnlyList<(string Name, InheritedSocket Socket)> Take(ILogger log)
    {
        string? process = TakeVariable("LISTEN_PID");
        string? count = TakeVariable("LISTEN_FDS");
        string[] names = TakeVariable("LISTEN_FDNAMES")?.Split(':') ?? [];
        _ = TakeVariable("LISTEN_PIDFDID");
        if (count is null || process != Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
        {
            return [];
        }

        if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int descriptors))
        {
            SystemdLog.BadListenFds(log, count);
            return [];
        }

        return [.. Enumerable.Range(0, descriptors).Select(i => (NameOf(names, i), InheritedSocket.Take(First + i)))];
    }

    private static string NameOf(string[] names, int index) =>
        index < names.Length && names[index].Length > 0 ? names[index] : Unnamed;

    private static string? TakeVariable(string name)
    {
        string? value = Environment.GetEnvironmentVariable(name);
        Environment.SetEnvironmentVariable(name, null);
        return value;
    }
}
