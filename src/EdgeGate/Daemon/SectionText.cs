using Microsoft.Extensions.Configuration;

namespace EdgeGate.Daemon;

/// <summary>Compares sections of two configurations.</summary>
internal static class SectionText
{
    /// <summary>Whether both have the same keys with the same values.</summary>
    public static bool Same(IConfigurationSection one, IConfigurationSection other) =>
        Flatten(one).SequenceEqual(Flatten(other));

    /// <summary>Which of some sections differ.</summary>
    public static IEnumerable<string> Changed(IConfiguration one, IConfiguration other, IEnumerable<string> sections) =>
        sections.Where(section => !Same(one.GetSection(section), other.GetSection(section)));

    private static IEnumerable<KeyValuePair<string, string?>> Flatten(IConfigurationSection section) =>
        section.AsEnumerable().OrderBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase);
}
