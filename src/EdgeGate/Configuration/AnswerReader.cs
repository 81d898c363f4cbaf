using System.Collections.Immutable;
using System.Globalization;
using EdgeGate.Http.Policies;

namespace EdgeGate.Configuration;

/// <summary>Reads the sections of <c>Http</c> about what clients are answered.</summary>
/// <param name="folder">What a relative file name starts from; null: the current directory.</param>
internal sealed class AnswerReader(string? folder)
{
    private const long MaxPageBytes = 1 << 20;

    private readonly List<string> _files = [];

    /// <summary>The files that were read.</summary>
    public IReadOnlyList<string> Files => _files;

    public static CompressionPolicy? ReadCompression(SectionReader parent, SectionReader section)
    {
        var compression = new CompressionPolicy
        {
            Https = section.Flag("Https") ?? false,
            MimeTypes = section.List("MimeTypes"),
        };
        section.RejectUnknown();
        return parent.IsWritten(section.Name) ? compression : null;
    }

    public static OutputCachePolicies? ReadCache(SectionReader parent, SectionReader section)
    {
        var cache = new OutputCachePolicies
        {
            Policies = section.Section("Policies").Sections()
                .ToImmutableDictionary(policy => policy.Name, ReadCachePolicy, StringComparer.OrdinalIgnoreCase),
        };
        cache = cache with
        {
            SizeLimitBytes = section.Bytes("SizeLimit", 1 << 16) ?? cache.SizeLimitBytes,
            MaxBodyBytes = section.Bytes("MaxBodySize", 1) ?? cache.MaxBodyBytes,
        };
        section.RejectUnknown();
        return parent.IsWritten(section.Name) ? cache : null;
    }

    public static MaintenancePolicy? ReadMaintenance(SectionReader section)
    {
        var maintenance = new MaintenancePolicy();
        maintenance = new MaintenancePolicy
        {
            Allow = section.Networks("Allow") ?? [],
            RetryAfter = section.Time("RetryAfter") ?? maintenance.RetryAfter,
        };
        bool enabled = section.Flag("Enabled") ?? false;
        section.RejectUnknown();
        return enabled ? maintenance : null;
    }

    public static ImmutableDictionary<string, CorsRule> ReadCors(SectionReader section) =>
        section.Sections().ToImmutableDictionary(rule => rule.Name, ReadCorsRule, StringComparer.OrdinalIgnoreCase);

    public static ImmutableDictionary<string, TimeSpan> ReadTimeouts(SectionReader section) =>
        section.Sections().ToImmutableDictionary(policy => policy.Name, ReadTimeout, StringComparer.OrdinalIgnoreCase);

    public ImmutableDictionary<int, ErrorPage> ReadPages(SectionReader section)
    {
        var pages = ImmutableDictionary.CreateBuilder<int, ErrorPage>();
        foreach (SectionReader page in section.Sections())
        {
            if (!int.TryParse(page.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int status) || status is < 400 or > 599)
            {
                section.Error(page.Name, $"'{page.Name}' is no status of an error; write a number from 400 to 599");
            }

            pages[status] = new ErrorPage { Html = ReadPage(page, "HtmlFile"), Json = ReadPage(page, "JsonFile") };
            if (!page.Has("HtmlFile") && !page.Has("JsonFile"))
            {
                section.Error(page.Name, "there is no page; write \"HtmlFile\" or \"JsonFile\", such as \"errors/503.html\"");
            }

            page.RejectUnknown();
        }

        return pages.ToImmutable();
    }

    private ReadOnlyMemory<byte>? ReadPage(SectionReader section, string key)
    {
        if (section.Text(key) is not { Length: > 0 } text)
        {
            return null;
        }

        string file = GatewayReader.Resolve(text, folder);
        _files.Add(file);
        if (TlsFiles.WhyUnreadable(file) is { } why)
        {
            section.Error(key, why);
        }
        else if (new FileInfo(file).Length > MaxPageBytes)
        {
            section.Error(key, $"{file} has more than {MaxPageBytes} bytes: a page is kept in memory");
        }
        else
        {
            return File.ReadAllBytes(file);
        }

        return ReadOnlyMemory<byte>.Empty;
    }

    private static TimeSpan ReadTimeout(SectionReader section)
    {
        _ = section.Required("Timeout", "\"00:05:00\"");
        TimeSpan time = section.Time("Timeout") ?? TimeSpan.FromSeconds(100);
        section.RejectUnknown();
        return time;
    }

    private static CachePolicy ReadCachePolicy(SectionReader section)
    {
        _ = section.Required("Expiration", "\"00:01:00\"");
        var query = section.List("VaryByQuery");
        var policy = new CachePolicy
        {
            Expiration = section.Time("Expiration") ?? TimeSpan.FromMinutes(1),
            VaryByQuery = section.IsWritten("VaryByQuery") ? query : null,
            VaryByHeader = section.List("VaryByHeader"),
        };
        section.RejectUnknown();
        return policy;
    }

    private static CorsRule ReadCorsRule(SectionReader section)
    {
        var rule = new CorsRule
        {
            Origins = section.List("Origins"),
            Methods = section.List("Methods"),
            Headers = section.List("Headers"),
            ExposedHeaders = section.List("ExposedHeaders"),
            Credentials = section.Flag("Credentials") ?? false,
            MaxAge = section.Time("MaxAge"),
        };
        if (rule.Origins.IsEmpty)
        {
            section.Error("Origins", "no origin may read anything; write some, such as \"https://app.example.com\"");
        }
        else if (rule.Credentials && rule.Origins.Contains("*"))
        {
            section.Error("Credentials", "with the origin \"*\" browsers refuse credentials; name the origins");
        }

        section.RejectUnknown();
        return rule;
    }
}
