using System.Globalization;

namespace EdgeGate.Native.Kernel;

/// <summary>Counts the ports that remain when reserved ones are taken out of a range.</summary>
internal static class PortRange
{
    /// <param name="low">The first port.</param>
    /// <param name="high">The last port.</param>
    /// <param name="reserved">A list as in <c>ip_local_reserved_ports</c>: <c>8080,9000-9010</c>.</param>
    public static int Count(int low, int high, string? reserved)
    {
        var count = high - low + 1;
        foreach (var item in (reserved ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = item.Split('-');
            if (TryPort(ends[0], out var first) && TryPort(ends[^1], out var last))
            {
                count -= Math.Max(0, Math.Min(last, high) - Math.Max(first, low) + 1);
            }
        }

        return Math.Max(0, count);
    }

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
            CultureInfo.InvariantCulture, out port);
}
