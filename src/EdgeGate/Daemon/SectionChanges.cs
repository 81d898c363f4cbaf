using Microsoft.Extensions.Configuration;

namespace EdgeGate.Daemon;

/// <summary>How the entries of a section, such as its listeners, differ between two configurations.</summary>
internal sealed record SectionChanges(
    IReadOnlyList<string> Added, IReadOnlyList<string> Changed, IReadOnlyList<string> Removed)
{
    public static SectionChanges None { get; } = new([], [], []);

    /// <param name="before">The configuration that was.</param>
    /// <param name="after">The one that is.</param>
    /// <param name="section">The section whose entries are compared.</param>
    /// <param name="shared">A section that stands in every entry: if it differs, so do all. Or null.</param>
    public static SectionChanges Between(
        IConfiguration before, IConfiguration after, string section, string? shared = null)
    {
        IConfigurationSection old = before.GetSection(section);
        IConfigurationSection fresh = after.GetSection(section);
        bool all = shared is not null && !SectionText.Same(before.GetSection(shared), after.GetSection(shared));
        string[] was = Names(old);
        string[] now = Names(fresh);
        StringComparer names = StringComparer.OrdinalIgnoreCase;
        return new SectionChanges(
            [.. now.Except(was, names)],
            [.. now.Intersect(was, names).Where(n => all || !SectionText.Same(old.GetSection(n), fresh.GetSection(n)))],
            [.. was.Except(now, names)]);
    }

    private static string[] Names(IConfigurationSection section) => [.. section.GetChildren().Select(child => child.Key)];
}
