using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Transforms;

namespace EdgeGate.Http.Forwarding;

/// <summary>
/// Removes the headers that the sender nominated in <c>Connection</c> as meant for the next hop only (RFC 9110,
/// section 7.6.1). YARP drops the standard ones and leaves these.
/// </summary>
internal static class HopByHopHeaders
{
    // What frames or addresses the message is never the sender's to take out; YARP deals with the rest of them.
    private static readonly HashSet<string> Kept = new(StringComparer.OrdinalIgnoreCase)
    {
        "close", HeaderNames.KeepAlive, HeaderNames.Upgrade, HeaderNames.Host, HeaderNames.ContentLength,
        HeaderNames.TransferEncoding, HeaderNames.Connection, HeaderNames.TE,
    };

    /// <summary>
    /// Before the request's headers are copied for the upstream. Those that are set later are not the client's to take out:
    /// what it nominated is struck from its list.
    /// </summary>
    public static void RemoveFromRequest(IHeaderDictionary headers)
    {
        StringValues connection = headers.Connection;
        if (Remove(headers, connection))
        {
            string[] kept = [.. connection.SelectMany(list => (list ?? "").Split(',', StringSplitOptions.TrimEntries)).Where(Kept.Contains)];
            headers.Connection = kept.Length > 0 ? string.Join(", ", kept) : StringValues.Empty;
        }
    }

    /// <summary>After the response's headers were copied for the client.</summary>
    public static ValueTask RemoveFromResponseAsync(ResponseTransformContext context)
    {
        if (context.ProxyResponse is { } response
            && response.Headers.NonValidated.TryGetValues(HeaderNames.Connection, out var connection))
        {
            Remove(context.HttpContext.Response.Headers, connection.ToString());
        }

        return default;
    }

    private static bool Remove(IHeaderDictionary headers, StringValues connection)
    {
        bool nominates = false;
        for (var i = 0; i < connection.Count; i++)
        {
            foreach (var range in connection[i].AsSpan().Split(','))
            {
                var name = connection[i].AsSpan()[range].Trim();
                if (name.IsEmpty || Kept.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name))
                {
                    continue;
                }

                nominates = true;
                if (!ClientIdentityHeaders.IsReserved(name)) // the gateway's own, or gone already
                {
                    headers.Remove(name.ToString());
                }
            }
        }

        return nominates;
    }
}
