using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace EdgeGate.Http.Tls;

/// <summary>
/// A distinguished name as text (RFC 4514), the most specific part first, in printable ASCII alone: whoever it names chose it,
/// and it goes into a header.
/// </summary>
internal static class DistinguishedNameText
{
    /// <summary>The attributes that have a short name (RFC 4514, section 3); others are written by their identifier.</summary>
    private static readonly Dictionary<string, string> ShortNames = new(StringComparer.Ordinal)
    {
        ["2.5.4.3"] = "CN",
        ["2.5.4.6"] = "C",
        ["2.5.4.7"] = "L",
        ["2.5.4.8"] = "ST",
        ["2.5.4.9"] = "STREET",
        ["2.5.4.10"] = "O",
        ["2.5.4.11"] = "OU",
        ["0.9.2342.19200300.100.1.1"] = "UID",
        ["0.9.2342.19200300.100.1.25"] = "DC",
    };

    public static string Of(X500DistinguishedName name) =>
        string.Join(',', name.EnumerateRelativeDistinguishedNames(reversed: true).Select(Part));

    private static string Part(X500RelativeDistinguishedName part)
    {
        if (part.HasMultipleElements)
        {
            return "#" + Convert.ToHexString(part.RawData.Span);
        }

        string type = part.GetSingleElementType().Value!;
        return $"{ShortNames.GetValueOrDefault(type, type)}={Escape(part.GetSingleElementValue() ?? "")}";
    }

    private static string Escape(string value)
    {
        var text = new StringBuilder(value.Length);
        foreach (byte b in Encoding.UTF8.GetBytes(value))
        {
            char c = (char)b;
            bool isAtEdge = text.Length == 0 && c is '#' or ' ';
            if (c is < ' ' or > '~')
            {
                text.Append(CultureInfo.InvariantCulture, $"\\{b:X2}");
            }
            else
            {
                text.Append(isAtEdge || c is '"' or '+' or ',' or ';' or '<' or '>' or '\\' ? "\\" : "").Append(c);
            }
        }

        return text.ToString();
    }
}
