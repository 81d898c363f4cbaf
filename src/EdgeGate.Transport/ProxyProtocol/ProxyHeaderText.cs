using System.Buffers;
using System.Globalization;

namespace EdgeGate.Transport.ProxyProtocol;

/// <summary>
/// Version 1, a line such as <c>PROXY TCP4 192.0.2.1 198.51.100.1 56324 443</c> and CR LF. Taken strictly: what two
/// readers could take for two different addresses is refused.
/// </summary>
internal static class ProxyHeaderText
{
    /// <summary>The longest line that there is, its CR LF included: UNKNOWN with two addresses in full.</summary>
    internal const int MaxBytes = 107;

    private const int Groups = 8;

    private static readonly SearchValues<byte> AddressBytes = SearchValues.Create("0123456789abcdefABCDEF:. "u8);

    internal static ReadOnlySpan<byte> Tcp4 => "PROXY TCP4 "u8;

    internal static ReadOnlySpan<byte> Tcp6 => "PROXY TCP6 "u8;

    private static ReadOnlySpan<byte> Unknown => "PROXY UNKNOWN"u8;

    internal static OperationStatus Parse(ReadOnlySpan<byte> bytes, out ProxyHeader header)
    {
        header = default;
        ReadOnlySpan<byte> line = bytes[..Math.Min(bytes.Length, MaxBytes)];
        int start = StartOf(line, out ProxyFamily family);
        if (start <= 0)
        {
            return start < 0 ? OperationStatus.InvalidData : OperationStatus.NeedMoreData;
        }

        int length = line[start..].IndexOf((byte)'\r');
        ReadOnlySpan<byte> fields = length < 0 ? line[start..] : line.Slice(start, length);
        if (!MayBeFields(fields, family))
        {
            return OperationStatus.InvalidData;
        }

        int end = start + fields.Length + 2;
        if (length < 0 || end > line.Length)
        {
            return line.Length == MaxBytes ? OperationStatus.InvalidData : OperationStatus.NeedMoreData;
        }

        return line[end - 1] == '\n' && TryReadFields(fields, family, out header)
            ? Done(ref header, end)
            : OperationStatus.InvalidData;
    }

    private static OperationStatus Done(ref ProxyHeader header, int length)
    {
        header = header with { Length = length };
        return OperationStatus.Done;
    }

    /// <summary>Where the fields begin; 0 while more bytes must tell, -1 where the line is none of the three.</summary>
    private static int StartOf(ReadOnlySpan<byte> line, out ProxyFamily family)
    {
        family = ProxyFamily.Unspecified;
        if (Begins(line, Unknown))
        {
            return line.Length >= Unknown.Length ? Unknown.Length : 0;
        }

        family = Begins(line, Tcp6) ? ProxyFamily.IPv6 : ProxyFamily.IPv4;
        if (family == ProxyFamily.IPv4 && !Begins(line, Tcp4))
        {
            return -1;
        }

        return line.Length >= Tcp4.Length ? Tcp4.Length : 0;
    }

    // As far as there is a line.
    private static bool Begins(ReadOnlySpan<byte> line, ReadOnlySpan<byte> start)
    {
        int length = Math.Min(line.Length, start.Length);
        return line[..length].SequenceEqual(start[..length]);
    }

    // Whatever follows UNKNOWN is to be ignored, as long as it is text and apart from it.
    private static bool MayBeFields(ReadOnlySpan<byte> fields, ProxyFamily family) =>
        family == ProxyFamily.Unspecified
            ? fields is [] or [(byte)' ', ..] && !fields.ContainsAnyExceptInRange((byte)' ', (byte)'~')
            : !fields.ContainsAnyExcept(AddressBytes);

    private static bool TryReadFields(ReadOnlySpan<byte> fields, ProxyFamily family, out ProxyHeader header)
    {
        header = default;
        if (family == ProxyFamily.Unspecified)
        {
            return true;
        }

        if (!TryReadAddress(Cut(ref fields), family, out UInt128 source)
            || !TryReadAddress(Cut(ref fields), family, out UInt128 destination)
            || !TryReadDecimal(Cut(ref fields), out ushort sourcePort)
            || !TryReadDecimal(fields, out ushort destinationPort))
        {
            return false;
        }

        header = new ProxyHeader
        {
            Family = family,
            SourceAddress = source,
            DestinationAddress = destination,
            SourcePort = sourcePort,
            DestinationPort = destinationPort,
        };
        return true;
    }

    /// <summary>The text up to the next space, which goes with it.</summary>
    private static ReadOnlySpan<byte> Cut(scoped ref ReadOnlySpan<byte> rest)
    {
        int length = rest.IndexOf((byte)' ');
        ReadOnlySpan<byte> field = length < 0 ? rest : rest[..length];
        rest = length < 0 ? default : rest[(length + 1)..];
        return field;
    }

    private static bool TryReadAddress(ReadOnlySpan<byte> text, ProxyFamily family, out UInt128 address)
    {
        if (family == ProxyFamily.IPv6)
        {
            return TryReadIPv6(text, out address);
        }

        bool read = TryReadIPv4(text, out uint bits);
        address = bits;
        return read;
    }

    private static bool TryReadIPv4(ReadOnlySpan<byte> text, out uint address)
    {
        address = 0;
        int count = 0;
        foreach (Range part in text.Split((byte)'.'))
        {
            if (++count > 4 || !TryReadDecimal(text[part], out ushort number) || number > byte.MaxValue)
            {
                return false;
            }

            address = (address << 8) | number;
        }

        return count == 4;
    }

    private static bool TryReadIPv6(ReadOnlySpan<byte> text, out UInt128 address)
    {
        int gap = text.IndexOf("::"u8);
        if (gap < 0)
        {
            return TryReadGroups(text, out address, out int all) && all == Groups;
        }

        ReadOnlySpan<byte> front = text[..gap];
        address = 0;
        if (front.Contains((byte)'.')
            || !TryReadGroups(front, out UInt128 head, out int before)
            || !TryReadGroups(text[(gap + 2)..], out UInt128 tail, out int after)
            || before + after >= Groups)
        {
            return false;
        }

        address = before == 0 ? tail : (head << (16 * (Groups - before))) | tail;
        return true;
    }

    private static bool TryReadGroups(ReadOnlySpan<byte> text, out UInt128 groups, out int count)
    {
        groups = 0;
        count = 0;
        if (text.IsEmpty)
        {
            return true;
        }

        foreach (Range range in text.Split((byte)':'))
        {
            ReadOnlySpan<byte> part = text[range];
            bool dotted = part.Contains((byte)'.'); // inet_ntop(3) writes ::ffff:192.0.2.1
            uint bits = 0;
            if (dotted ? range.End.Value != text.Length || !TryReadIPv4(part, out bits) : !TryReadGroup(part, out bits))
            {
                return false;
            }

            groups = (groups << (dotted ? 32 : 16)) | bits;
            count += dotted ? 2 : 1;
            if (count > Groups)
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryReadGroup(ReadOnlySpan<byte> text, out uint bits) =>
        uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bits) && text.Length <= 4;

    private static bool TryReadDecimal(ReadOnlySpan<byte> text, out ushort number) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
        && (text.Length == 1 || text[0] != '0');
}
