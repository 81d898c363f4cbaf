using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using IPNetwork = System.Net.IPNetwork;

namespace EdgeGate.Http.Policies;

/// <summary>
/// Believes what proxies that are trusted say of their client, hop by hop from the nearest on, until one is not trusted or
/// what is said makes no sense. What others say is left as it came, and YARP's <c>X-Forwarded</c> transform writes over it.
/// </summary>
internal sealed class TrustedProxies
{
    // Where ASP.NET keeps what it replaces. It is for nobody behind us, and a client could have written it itself.
    private static readonly string[] Originals =
        [ForwardedHeadersDefaults.XOriginalForHeaderName, ForwardedHeadersDefaults.XOriginalProtoHeaderName, ForwardedHeadersDefaults.XOriginalHostHeaderName];

    private readonly RequestDelegate _next;
    private readonly ForwardedHeadersMiddleware _forwarders;

    public TrustedProxies(ImmutableArray<IPNetwork> networks, ILoggerFactory logs, RequestDelegate next)
    {
        _next = next;
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
            ForwardLimit = null, // trust ends it
        };
        options.KnownProxies.Clear(); // ASP.NET trusts loopback; here the operator says whom
        options.KnownIPNetworks.Clear();
        foreach (IPNetwork network in networks)
        {
            options.KnownIPNetworks.Add(network);
        }

        _forwarders = new ForwardedHeadersMiddleware(next, logs, Options.Create(options));
    }

    public Task InvokeAsync(HttpContext context)
    {
        _forwarders.ApplyForwarders(context);
        foreach (string header in Originals)
        {
            context.Request.Headers.Remove(header);
        }

        return _next(context);
    }
}
