using System.Collections.Frozen;
using System.Net;
using System.Text;

namespace EdgeGate.Http.Upstream.Framing;

/// <summary>Makes HttpClient's response out of a head that was read. Bytes are characters (Latin-1), as Kestrel writes them.</summary>
internal static class ResponseBuilder
{
    // Most answers have most of their header fields in common: their names are not made anew each time.
    private static readonly FrozenSet<string> Names = new[]
    {
        "Accept-Ranges", "Access-Control-Allow-Origin", "Age", "Alt-Svc", "Cache-Control", "Connection", "Content-Disposition",
        "Content-Encoding", "Content-Language", "Content-Length", "Content-Location", "Content-Range",
        "Content-Security-Policy", "Content-Type", "Date", "ETag", "Expires", "Keep-Alive", "Last-Modified", "Link", "Location",
        "Pragma", "Referrer-Policy", "Retry-After", "Server", "Set-Cookie", "Strict-Transport-Security", "Trailer",
        "Transfer-Encoding", "Upgrade", "Vary", "Via", "WWW-Authenticate", "X-Content-Type-Options", "X-Frame-Options",
        "X-Powered-By", "X-Request-Id", "X-XSS-Protection",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> NamesBySpan =
        Names.GetAlternateLookup<ReadOnlySpan<char>>();

    // What frames or routes a message makes no sense after it: RFC 9110, section 6.5.1.
    private static readonly FrozenSet<string> NoTrailers = new[]
    {
        "Transfer-Encoding", "Content-Length", "Host", "Connection", "Trailer", "TE", "Upgrade", "Content-Encoding",
        "Content-Type", "Content-Range", "Cache-Control", "Max-Forwards", "Authorization", "Set-Cookie", "Age", "Expires",
        "Date", "Location", "Retry-After", "Vary", "Warning", "Keep-Alive", "Proxy-Connection",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private const int LongestCommonName = 32;

    /// <summary>Makes the response.</summary>
    /// <param name="bytes">What the head was read from.</param>
    /// <param name="head">The head.</param>
    /// <param name="fields">Its fields.</param>
    /// <param name="request">What it answers.</param>
    /// <param name="body">Its body.</param>
    internal static HttpResponseMessage Build(
        ReadOnlySpan<byte> bytes, in ResponseHead head, List<HeaderField> fields, HttpRequestMessage request, Stream body)
    {
        var content = new UpstreamContent(body);
        var response = new HttpResponseMessage((HttpStatusCode)head.Status) { RequestMessage = request, Content = content };
        if (head.Minor == 0)
        {
            response.Version = HttpVersion.Version10;
        }

        ReadOnlySpan<byte> reason = bytes.Slice(head.Reason.Start, head.Reason.Length);
        if (!Ascii.Equals(reason, response.ReasonPhrase))
        {
            response.ReasonPhrase = Encoding.Latin1.GetString(reason);
        }

        foreach (HeaderField field in fields)
        {
            string name = NameOf(field.NameIn(bytes));
            string value = Encoding.Latin1.GetString(field.ValueIn(bytes));
            if (!response.Headers.TryAddWithoutValidation(name, value))
            {
                content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return response;
    }

    /// <summary>Adds the fields of a trailer section, which was read line by line already.</summary>
    internal static void AddTrailers(HttpResponseMessage response, ReadOnlySpan<byte> trailer)
    {
        while (!trailer.IsEmpty)
        {
            int end = trailer.IndexOf("\r\n"u8);
            if (FieldLine.TryRead(trailer[..end], 0, out HeaderField field))
            {
                string name = NameOf(field.NameIn(trailer));
                if (!NoTrailers.Contains(name))
                {
                    response.TrailingHeaders.TryAddWithoutValidation(name, Encoding.Latin1.GetString(field.ValueIn(trailer)));
                }
            }

            trailer = trailer[(end + 2)..];
        }
    }

    private static string NameOf(ReadOnlySpan<byte> name)
    {
        if (name.Length <= LongestCommonName)
        {
            Span<char> chars = stackalloc char[LongestCommonName];
            int length = Encoding.ASCII.GetChars(name, chars);
            if (NamesBySpan.TryGetValue(chars[..length], out string? common) && Ascii.Equals(name, common))
            {
                return common;
            }
        }

        return Encoding.ASCII.GetString(name);
    }
}
