using System.Globalization;

namespace EdgeGate.CommandLine;

/// <summary>Times and sizes short enough for a column.</summary>
internal static class Units
{
    /// <summary>Two units at most: 0.4s, 12s, 3m12s, 2h03m, 4d02h.</summary>
    public static string Age(double seconds)
    {
        TimeSpan time = TimeSpan.FromSeconds(Math.Max(0, seconds));
        return time switch
        {
            { TotalSeconds: < 9.95 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#}s"),
            { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0}s"),
            { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}m{time.Seconds:00}s"),
            { TotalDays: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Hours}h{time.Minutes:00}m"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalDays}d{time.Hours:00}h"),
        };
    }

    /// <summary>Binary units with three digits: 999 B, 1.2 KiB.</summary>
    public static string Bytes(double bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
        int unit = 0;
        while (bytes >= 999.5 && unit < units.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        string format = unit == 0 || bytes >= 99.95 ? "0" : "0.0";
        return bytes.ToString(format, CultureInfo.InvariantCulture) + " " + units[unit];
    }

    /// <summary>A latency: 85µs, 1.2ms, 340ms, 2.1s.</summary>
    public static string Latency(double seconds) => seconds switch
    {
        < 0.0009995 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e6:0}µs"),
        < 0.00995 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:0.0}ms"),
        < 0.9995 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:0}ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0}s"),
    };

    /// <summary>A count with its thousands parted.</summary>
    public static string Number(double number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>How much of a resource is used, in its own unit; nothing where that is a share of time.</summary>
    public static string Use(string resource, double used, double capacity)
    {
        Func<double, string> amount = resource.Contains("memory", StringComparison.Ordinal) ? Bytes : Number;
        return capacity <= 1 ? "" : $"{amount(used)} of {amount(capacity)}";
    }

    /// <summary>One or many of something: 1 connection, 2 connections.</summary>
    public static string Count(long number, string one) => $"{Number(number)} {one}{(number == 1 ? "" : "s")}";
}
