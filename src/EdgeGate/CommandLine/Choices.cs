using System.CommandLine.Parsing;
using EdgeGate.Configuration;

namespace EdgeGate.CommandLine;

/// <summary>Reads an option whose value is one of a few words.</summary>
internal static class Choices
{
    /// <summary>The choice that the word names; anything else is an error with the nearest word.</summary>
    public static T Parse<T>(ArgumentResult result, string what)
        where T : struct, Enum
    {
        var text = result.Tokens is [var token] ? token.Value : "";
        if (!text.All(char.IsDigit) && Enum.TryParse<T>(text, ignoreCase: true, out var choice))
        {
            return choice;
        }

        string[] names = [.. Enum.GetNames<T>().Select(name => name.ToLowerInvariant())];
        result.AddError($"'{text}' is not {what}: {string.Join(", ", names[..^1])} or {names[^1]}.{Nearest.Hint(text, names)}");
        return default;
    }
}
