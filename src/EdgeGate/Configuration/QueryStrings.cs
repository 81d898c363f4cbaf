namespace EdgeGate.Configuration;

internal enum QueryStrings
{
    /// <summary>That there was one, and not what it said.</summary>
    Redacted,

    /// <summary>As the client sent it.</summary>
    Full,
}
