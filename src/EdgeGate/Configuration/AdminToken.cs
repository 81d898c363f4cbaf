using System.Security.Cryptography;
using System.Text;

namespace EdgeGate.Configuration;

/// <summary>The bearer token of the admin address (RFC 6750). It does not print itself.</summary>
internal sealed class AdminToken(string text)
{
    /// <summary>Fewer could be tried one after the other.</summary>
    public const int MinLength = 16;

    private readonly byte[] _digest = Digest(text);

    /// <summary>The secret itself, for a client of the address.</summary>
    public string Text => text;

    /// <summary>Whether a text can be a token: visible characters of ASCII, enough of them.</summary>
    public static bool IsValid(string text) =>
        text.Length >= MinLength && text.All(c => c is > ' ' and < '\u007f');

    /// <summary>Compares in a time that tells nothing about where two texts differ, nor about how long this one is.</summary>
    public bool Is(string presented) => CryptographicOperations.FixedTimeEquals(Digest(presented), _digest);

    public override string ToString() => "(a token)";

    private static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
