using Microsoft.Extensions.Configuration;

namespace EdgeGate.Daemon;

/// <summary>Compares sections of two configurations.</summary>
internal static class SectionText
{
    /// <summary>Whether both have the same keys with the same values.</summary>
    public static bool Same(IConfigurationSection one, IConfigurationSection other) =>
        Flatten(one).SequenceEqual(Flatten(other));

    private static IEnumerable<KeyValuePair<string, string?>> Flatten(IConfigurationSection section) =>
        section.AsEnumerable().OrderBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase);
}
