using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Unicode;

namespace EdgeGate;

/// <summary>Texts that are written by the ten thousand, as UTF-8 and without a string for each.</summary>
internal static class Utf8Text
{
    /// <summary>Longer than any text of <see cref="WriteSeconds"/>, in bytes.</summary>
    public const int SecondsBytes = 32;

    /// <summary>
    /// Longer than any text of <see cref="WriteEndPoint"/>, in bytes: an IPv6 address of 45 with brackets, scope and port.
    /// </summary>
    public const int EndPointBytes = 80;

    private const int FractionDigits = 6;

    /// <summary>Writes a time that is not negative as seconds, to the microsecond and without zeros at the end.</summary>
    /// <param name="time">The time; a negative one is written as 0.</param>
    /// <param name="target">At least <see cref="SecondsBytes"/> long.</param>
    /// <returns>How many bytes were written.</returns>
    public static int WriteSeconds(TimeSpan time, Span<byte> target)
    {
        (long whole, long micros) = Math.DivRem((Math.Max(time.Ticks, 0) + 5) / 10, 1_000_000);
        whole.TryFormat(target, out int written, default, CultureInfo.InvariantCulture);
        if (micros == 0)
        {
            return written;
        }

        target[written++] = (byte)'.';
        int length = 0;
        for (int i = FractionDigits; i > 0; i--, micros /= 10)
        {
            target[written + i - 1] = (byte)('0' + (micros % 10));
            length = length == 0 && micros % 10 != 0 ? i : length;
        }

        return written + length;
    }

    /// <summary>Writes an address and a port, an IPv6 address in brackets.</summary>
    /// <param name="address">The address.</param>
    /// <param name="port">The port.</param>
    /// <param name="target">At least <see cref="EndPointBytes"/> long.</param>
    /// <returns>How many bytes were written.</returns>
    public static int WriteEndPoint(IPAddress address, int port, Span<byte> target)
    {
        _ = address.AddressFamily == AddressFamily.InterNetworkV6
            ? Utf8.TryWrite(target, CultureInfo.InvariantCulture, $"[{address}]:{port}", out int written)
            : Utf8.TryWrite(target, CultureInfo.InvariantCulture, $"{address}:{port}", out written);
        return written;
    }
}
