using System.Buffers;
using System.Collections.Immutable;
using EdgeGate.Http.Policies;

namespace EdgeGate.Configuration;

/// <summary>Reads <c>Http:RateLimits</c>.</summary>
internal static class RateLimitReader
{
    private const int MaxCount = 100_000_000;

    // RFC 9110, section 5.6.2: what a field's name is made of.
    private static readonly SearchValues<char> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public static ImmutableDictionary<string, RateLimitPolicy> Read(SectionReader section) =>
        section.Sections().ToImmutableDictionary(policy => policy.Name, ReadPolicy, StringComparer.OrdinalIgnoreCase);

    private static RateLimitPolicy ReadPolicy(SectionReader section)
    {
        _ = section.Required("Kind", "\"TokenBucket\"");
        _ = section.Required("Permits", "100");
        var policy = new RateLimitPolicy
        {
            Kind = section.Choice<RateLimitKind>("Kind") ?? RateLimitKind.TokenBucket,
            Permits = section.Integer("Permits", 1, MaxCount) ?? 1,
        };
        policy = policy with
        {
            Window = section.Time("Window") ?? policy.Window,
            Segments = section.Integer("Segments", 1, 1000) ?? policy.Segments,
            Burst = section.Integer("Burst", 1, MaxCount) ?? policy.Permits,
            Queue = section.Integer("Queue", 0, 100_000) ?? policy.Queue,
            By = section.Choice<RateLimitScope>("By") ?? policy.By,
            Header = section.Text("Header") ?? policy.Header,
            PrefixV4 = section.Integer("PrefixV4", 0, 32) ?? policy.PrefixV4,
            PrefixV6 = section.Integer("PrefixV6", 0, 128) ?? policy.PrefixV6,
        };
        CheckFit(section, policy);
        section.RejectUnknown();
        return policy;
    }

    // A key that does nothing is a misunderstanding.
    private static void CheckFit(SectionReader section, RateLimitPolicy policy)
    {
        OnlyFor(section, "Window", policy.Kind != RateLimitKind.Concurrency, "Concurrency has no window");
        OnlyFor(section, "Segments", policy.Kind == RateLimitKind.SlidingWindow, "only a SlidingWindow has segments");
        OnlyFor(section, "Burst", policy.Kind == RateLimitKind.TokenBucket, "only a TokenBucket holds a burst");
        OnlyFor(section, "Header", policy.By == RateLimitScope.Header, "it is for By Header");
        OnlyFor(section, "PrefixV4", policy.By == RateLimitScope.Client, "it is for By Client");
        OnlyFor(section, "PrefixV6", policy.By == RateLimitScope.Client, "it is for By Client");
        if (policy.By == RateLimitScope.Header && policy.Header.Length == 0)
        {
            section.Error("Header", "By Header wants to know which; write one, such as \"X-Api-Key\"");
        }
        else if (policy.Header.AsSpan().ContainsAnyExcept(Token))
        {
            section.Error("Header", $"'{policy.Header}' is no header's name, such as \"X-Api-Key\"");
        }
    }

    private static void OnlyFor(SectionReader section, string key, bool fits, string why)
    {
        if (!fits && section.Has(key))
        {
            section.Warning(key, $"{why}, so this key does nothing");
        }
    }
}
