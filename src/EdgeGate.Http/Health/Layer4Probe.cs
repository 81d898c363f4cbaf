using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace EdgeGate.Http.Health;

/// <summary>
/// What an active health check of a layer 4 destination says, and what it must hear. Both are written as text in the
/// metadata of the cluster or, for one of them, of the destination; <c>\r \n \t \0 \\</c> and <c>\xHH</c> stand for bytes.
/// </summary>
/// <param name="Send">Sent once connected; empty says nothing.</param>
/// <param name="Expect">Must be somewhere in the answer; empty expects nothing.</param>
public sealed record Layer4Probe(ReadOnlyMemory<byte> Send, ReadOnlyMemory<byte> Expect)
{
    /// <summary>Metadata key: what is sent.</summary>
    public const string SendKey = "EdgeGate.ProbeSend";

    /// <summary>Metadata key: what must come back.</summary>
    public const string ExpectKey = "EdgeGate.ProbeExpect";

    /// <summary>Connects, and says nothing.</summary>
    public static Layer4Probe Connect { get; } = new(default, default);

    /// <summary>A destination's own words, or else its cluster's.</summary>
    public static Layer4Probe Of(
        IReadOnlyDictionary<string, string>? cluster, IReadOnlyDictionary<string, string>? destination) => new(
            BytesOf(destination?.GetValueOrDefault(SendKey) ?? cluster?.GetValueOrDefault(SendKey)),
            BytesOf(destination?.GetValueOrDefault(ExpectKey) ?? cluster?.GetValueOrDefault(ExpectKey)));

    /// <summary>Reads text with escapes as bytes: UTF-8, except what is escaped.</summary>
    /// <param name="text">The text.</param>
    /// <param name="bytes">The bytes; null if it cannot be read.</param>
    /// <param name="wrong">The escape that means nothing.</param>
    public static bool TryRead(
        string text, [NotNullWhen(true)] out byte[]? bytes, [NotNullWhen(false)] out string? wrong)
    {
        var read = new List<byte>(text.Length);
        int at = 0;
        while (at < text.Length)
        {
            int escape = text.IndexOf('\\', at);
            read.AddRange(Encoding.UTF8.GetBytes(text[at..(escape < 0 ? text.Length : escape)]));
            if (escape < 0)
            {
                break;
            }

            int length = text.AsSpan(escape).StartsWith("\\x") ? 4 : 2;
            string escaped = text[escape..Math.Min(escape + length, text.Length)];
            if (ByteOf(escaped) is not { } value)
            {
                (bytes, wrong) = (null, escaped);
                return false;
            }

            read.Add(value);
            at = escape + length;
        }

        (bytes, wrong) = ([.. read], null);
        return true;
    }

    private static byte? ByteOf(string escaped) => escaped switch
    {
        "\\r" => (byte)'\r',
        "\\n" => (byte)'\n',
        "\\t" => (byte)'\t',
        "\\0" => 0,
        "\\\\" => (byte)'\\',
        ['\\', 'x', _, _] when byte.TryParse(
            escaped.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value) => value,
        _ => null,
    };

    // The configuration was checked before it came here.
    private static ReadOnlyMemory<byte> BytesOf(string? text) =>
        text is not null && TryRead(text, out byte[]? bytes, out _) ? bytes : default;
}
