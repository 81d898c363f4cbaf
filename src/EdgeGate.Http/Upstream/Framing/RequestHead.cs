using System.Net.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace EdgeGate.Http.Upstream.Framing;

/// <summary>
/// Writes a request line and its header. The fields that frame the message are written from the request's content and
/// never copied; all others pass as they are.
/// </summary>
internal readonly struct RequestHead
{
    private RequestHead(long? contentLength, bool hasBody)
    {
        ContentLength = contentLength;
        HasBody = hasBody;
    }

    /// <summary>The length of the body; null for one that is chunked.</summary>
    internal long? ContentLength { get; }

    /// <summary>Whether the content is to be sent after the head.</summary>
    internal bool HasBody { get; }

    /// <summary>Whether the request asks for the connection's end after the answer.</summary>
    internal bool SaysClose { get; private init; }

    /// <summary>Whether it asks for another protocol.</summary>
    internal bool AsksUpgrade { get; private init; }

    /// <summary>Whether the body waits for the upstream to ask for it: RFC 9110, section 10.1.1.</summary>
    internal bool ExpectsContinue { get; private init; }

    /// <summary>Writes the head.</summary>
    /// <param name="request">The request.</param>
    /// <param name="host">The Host line for a request that has none of its own.</param>
    /// <param name="to">Where to.</param>
    /// <exception cref="HttpRequestException">Something in it cannot be written without breaking the message.</exception>
    internal static RequestHead Write(HttpRequestMessage request, ReadOnlySpan<byte> host, HeadWriter to)
    {
        RequestHead head = Frame(request);
        to.WriteVisible(request.Method.Method);
        to.Write(" "u8);
        to.WriteVisible(request.RequestUri!.PathAndQuery);
        to.Write(" HTTP/1.1\r\n"u8);
        if (request.Headers.NonValidated.TryGetValues(HeaderNames.Host, out HeaderStringValues own))
        {
            to.WriteField(HeaderNames.Host, own.ToString());
        }
        else
        {
            to.Write(host);
        }

        bool close = false, upgrade = false, expects = false;
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            if (IsOurs(name))
            {
                continue;
            }

            string value = values.ToString();
            to.WriteField(name, value);
            close |= Is(name, HeaderNames.Connection) && value.Contains("close", StringComparison.OrdinalIgnoreCase);
            upgrade |= Is(name, HeaderNames.Upgrade);
            expects |= Is(name, HeaderNames.Expect) && value.Equals("100-continue", StringComparison.OrdinalIgnoreCase);
        }

        head.WriteFraming(request, to);
        to.Write("\r\n"u8);
        return head with { SaysClose = close, AsksUpgrade = upgrade, ExpectsContinue = expects && head.HasBody };
    }

    private static RequestHead Frame(HttpRequestMessage request)
    {
        if (request.Content is not { } content)
        {
            return new RequestHead(MustSayLength(request.Method) ? 0 : null, hasBody: false);
        }

        bool chunked = request.Headers.NonValidated.Contains(HeaderNames.TransferEncoding);
        long? length = chunked ? null : content.Headers.ContentLength;
        return length < 0
            ? throw new HttpRequestException("The request's Content-Length is negative.")
            : new RequestHead(length, hasBody: length != 0);
    }

    private void WriteFraming(HttpRequestMessage request, HeadWriter to)
    {
        if (request.Content is { } content)
        {
            foreach (var (name, values) in content.Headers.NonValidated)
            {
                if (!IsOurs(name))
                {
                    to.WriteField(name, values.ToString());
                }
            }
        }

        if (ContentLength is { } length)
        {
            to.Write("Content-Length: "u8);
            to.WriteNumber(length);
            to.Write("\r\n"u8);
        }
        else if (HasBody)
        {
            to.Write("Transfer-Encoding: chunked\r\n"u8);
        }
    }

    /// <summary>Whether a request without content says so: RFC 9110, section 8.6. The same methods as HttpClient's.</summary>
    private static bool MustSayLength(HttpMethod method) =>
        method != HttpMethod.Get && method != HttpMethod.Head && method != HttpMethod.Options
        && method != HttpMethod.Delete && method != HttpMethod.Connect;

    private static bool IsOurs(string name) => name.Length switch
    {
        4 => Is(name, HeaderNames.Host),
        14 => Is(name, HeaderNames.ContentLength),
        17 => Is(name, HeaderNames.TransferEncoding),
        _ => false,
    };

    private static bool Is(string name, string known) => name.Equals(known, StringComparison.OrdinalIgnoreCase);
}
