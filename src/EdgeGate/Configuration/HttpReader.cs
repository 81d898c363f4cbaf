using System.Collections.Immutable;
using System.Net;
using EdgeGate.Http;
using EdgeGate.Http.Policies;

namespace EdgeGate.Configuration;

/// <summary>Reads <c>EdgeGate:Http</c>: what is done to HTTP requests, and what the policies are that YARP's routes name.</summary>
/// <param name="folder">What a relative file name starts from; null: the current directory.</param>
/// <param name="listeners">The listeners whose requests these are.</param>
internal sealed class HttpReader(string? folder, ImmutableArray<ListenerConfig> listeners)
{
    private const int MaxHeaderBytes = 1 << 20;

    public HttpConfig Read(SectionReader section)
    {
        var answers = new AnswerReader(folder);
        var access = new AccessReader(folder);
        var config = new HttpConfig
        {
            Limits = ReadLimits(section.Section("Limits")),
            Policies = new HttpPolicies
            {
                HttpsRedirect = ReadRedirect(section, section.Section("HttpsRedirect")),
                Hsts = ReadHsts(section, section.Section("Hsts")),
                TrustedProxies = ReadForwarded(section.Section("ForwardedHeaders")),
                RateLimits = RateLimitReader.Read(section.Section("RateLimits")),
                Access = access.Read(section.Section("Authorization")),
                Cors = AnswerReader.ReadCors(section.Section("Cors")),
                Timeouts = AnswerReader.ReadTimeouts(section.Section("Timeouts")),
                Compression = AnswerReader.ReadCompression(section, section.Section("Compression")),
                OutputCache = AnswerReader.ReadCache(section, section.Section("OutputCache")),
                ErrorPages = answers.ReadPages(section.Section("ErrorPages")),
                Maintenance = AnswerReader.ReadMaintenance(section.Section("Maintenance")),
                Files = [.. answers.Files, .. access.Files],
            },
        };
        section.RejectUnknown();
        return config;
    }

    private static HttpLimits ReadLimits(SectionReader section)
    {
        var limits = new HttpLimits();
        limits = limits with
        {
            MaxRequestBodyBytes = section.Bytes("MaxRequestBodySize", 0),
            MaxRequestLineBytes = section.Integer("MaxRequestLineSize", 256, MaxHeaderBytes) ?? limits.MaxRequestLineBytes,
            MaxRequestHeadersBytes = section.Integer("MaxRequestHeadersTotalSize", 256, MaxHeaderBytes) ?? limits.MaxRequestHeadersBytes,
            MaxRequestHeaders = section.Integer("MaxRequestHeaderCount", 1, 10_000) ?? limits.MaxRequestHeaders,
        };
        section.RejectUnknown();
        return limits;
    }

    private HttpsRedirectPolicy? ReadRedirect(SectionReader parent, SectionReader section)
    {
        var names = section.List("Listeners");
        int? port = section.IntegerOrAuto("Port", 1, ushort.MaxValue);
        bool isAuto = section.Text("Port") is null or "" || "auto".Equals(section.Text("Port"), StringComparison.OrdinalIgnoreCase);
        section.RejectUnknown();
        if (!parent.IsWritten(section.Name))
        {
            return null;
        }

        string[] known = [.. listeners.Where(l => l.Protocol == ListenerProtocol.Http).Select(l => l.Name)];
        for (int i = 0; i < names.Length; i++)
        {
            if (!known.Contains(names[i], StringComparer.OrdinalIgnoreCase))
            {
                section.Error($"Listeners:{i}", $"there is no http listener '{names[i]}'.{Nearest.Hint(names[i], known)}");
            }
        }

        return new HttpsRedirectPolicy { Port = port ?? (isAuto ? HttpsPort(section) : 0), Listeners = names };
    }

    // What clients reach need not be what is bound: only the operator knows what stands before us.
    private int HttpsPort(SectionReader section)
    {
        int[] ports = [.. listeners.Where(l => l.Protocol == ListenerProtocol.Https)
            .Select(l => l.Bind.Port).Distinct()];
        if (ports is [> 0 and var only])
        {
            return only;
        }

        section.Error("Port", "not one https listener's port can be found here; write the one that clients come to, such as 443");
        return 0;
    }

    private static HstsPolicy? ReadHsts(SectionReader parent, SectionReader section)
    {
        var hsts = new HstsPolicy();
        hsts = new HstsPolicy
        {
            MaxAge = section.Time("MaxAge", mostDays: 3650) ?? hsts.MaxAge,
            IncludeSubDomains = section.Flag("IncludeSubDomains") ?? hsts.IncludeSubDomains,
            Preload = section.Flag("Preload") ?? hsts.Preload,
        };
        if (hsts.Preload && (hsts.MaxAge < TimeSpan.FromDays(365) || !hsts.IncludeSubDomains))
        {
            section.Error("Preload", "browsers' lists take only hosts with a MaxAge of at least 365.00:00:00 and IncludeSubDomains");
        }

        section.RejectUnknown();
        return parent.IsWritten(section.Name) ? hsts : null;
    }

    private static ImmutableArray<IPNetwork> ReadForwarded(SectionReader section)
    {
        var trusted = section.Networks("TrustedProxies") ?? [];
        section.RejectUnknown();
        return trusted;
    }
}
