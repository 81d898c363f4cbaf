using System.Globalization;

namespace EdgeGate.Limits;

/// <summary>Numbers as a person reads them.</summary>
internal static class Say
{
    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Bytes(long bytes) => bytes switch
    {
        >= 1L << 30 => Scaled(bytes, 30, "GiB"),
        >= 1L << 20 => Scaled(bytes, 20, "MiB"),
        >= 1L << 10 => Scaled(bytes, 10, "KiB"),
        _ => Number(bytes) + " bytes",
    };

    /// <summary>A counter's present value, to see it grow from; nothing if it is unknown.</summary>
    public static string Now(long? counter) => counter is { } value ? $" (now {Number(value)})" : "";

    private static string Scaled(long bytes, int shift, string unit) =>
        (bytes / (double)(1L << shift)).ToString("0.#", CultureInfo.InvariantCulture) + " " + unit;
}
