using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace EdgeGate.Http.Policies.Access;

/// <summary>
/// The request that asks an authentication server about another request: its headers without its body, and where it was
/// for, under the names that nginx's and Traefik's servers look for.
/// </summary>
internal static class AuthQuestion
{
    // What belongs to the other connection (RFC 9110, section 7.6.1), to the body, or is written anew.
    private static readonly HashSet<string> Left = new(StringComparer.OrdinalIgnoreCase)
    {
        HeaderNames.Connection, HeaderNames.KeepAlive, HeaderNames.ProxyConnection, HeaderNames.TE, HeaderNames.Trailer,
        HeaderNames.TransferEncoding, HeaderNames.Upgrade, HeaderNames.Expect, HeaderNames.Host,
        HeaderNames.AcceptEncoding, HeaderNames.IfMatch, HeaderNames.IfNoneMatch, HeaderNames.IfModifiedSince,
        HeaderNames.IfUnmodifiedSince, HeaderNames.IfRange, HeaderNames.Range, "Forwarded", "X-Forwarded-For", "X-Forwarded-Host",
        "X-Forwarded-Proto", "X-Forwarded-Method", "X-Forwarded-Uri", "X-Forwarded-Port", "X-Forwarded-Prefix",
        "X-Original-Method", "X-Original-URI", "X-Original-URL", "X-Real-IP",
    };

    public static HttpRequestMessage About(
        HttpRequest request, ForwardAccess policy, ClusterModel cluster, DestinationConfig destination)
    {
        var question = new HttpRequestMessage(HttpMethod.Get, destination.Address.TrimEnd('/') + policy.Path)
        {
            Version = cluster.Config.HttpRequest?.Version ?? HttpVersion.Version11,
            VersionPolicy = cluster.Config.HttpRequest?.VersionPolicy ?? HttpVersionPolicy.RequestVersionOrLower,
        };
        foreach (var (name, values) in request.Headers)
        {
            if (!Left.Contains(ClientHeaders.Fold(name)) && !name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) && !name.StartsWith(':'))
            {
                question.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }

        // As YARP forwards it, and not in the client's own spelling.
        string target = RequestUtilities.MakeDestinationAddress("http://a", request.Path, request.QueryString).PathAndQuery;
        Say(question, "X-Forwarded-For", request.HttpContext.Connection.RemoteIpAddress?.ToString());
        Say(question, "X-Forwarded-Proto", request.Scheme);
        Say(question, "X-Forwarded-Host", request.Host.Value);
        Say(question, "X-Forwarded-Method", request.Method);
        Say(question, "X-Forwarded-Uri", target);
        Say(question, "X-Original-Method", request.Method);
        Say(question, "X-Original-URI", target);
        question.Headers.Host = destination.Host;
        return question;
    }

    private static void Say(HttpRequestMessage question, string name, string? value) => question.Headers.TryAddWithoutValidation(name, value);
}
