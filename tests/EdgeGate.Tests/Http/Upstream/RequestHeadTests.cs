using System.Text;
using EdgeGate.Http.Upstream.Framing;

namespace EdgeGate.Tests.Http.Upstream;

public sealed class RequestHeadTests
{
    [Fact]
    public void A_get_has_no_length()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a:1/b%20c?d=e");
        request.Headers.TryAddWithoutValidation("X-One", ["1", "2"]);

        Assert.Equal("GET /b%20c?d=e HTTP/1.1\r\nHost: pool\r\nX-One: 1, 2\r\n\r\n", Write(request, out _));
    }

    [Fact]
    public void What_frames_the_message_is_never_copied()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://a/") { Content = new ByteArrayContent(new byte[3]) };
        request.Headers.Host = "own";
        request.Headers.TryAddWithoutValidation("X", "1");
        request.Content.Headers.ContentLength = 3;
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "a/b");

        Assert.Equal(
            "POST / HTTP/1.1\r\nHost: own\r\nX: 1\r\nContent-Type: a/b\r\nContent-Length: 3\r\n\r\n", Write(request, out RequestHead head));
        Assert.True(head.HasBody);

        request.Headers.TransferEncodingChunked = true;
        Assert.Equal(
            "POST / HTTP/1.1\r\nHost: own\r\nX: 1\r\nContent-Type: a/b\r\nTransfer-Encoding: chunked\r\n\r\n", Write(request, out head));
        Assert.Null(head.ContentLength);
    }

    [Fact]
    public void A_post_without_content_says_so()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://a/");

        Assert.Equal("POST / HTTP/1.1\r\nHost: pool\r\nContent-Length: 0\r\n\r\n", Write(request, out RequestHead head));
        Assert.False(head.HasBody);
    }

    [Fact]
    public void Header_characters_are_bytes()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/");
        request.Headers.TryAddWithoutValidation("X", "Z\u00c3\u00bcrich \u00fc");

        Assert.Contains("X: Z\u00c3\u00bcrich \u00fc\r\n", Write(request, out _), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\r\nSmuggled: 1")]
    [InlineData("a\nb")]
    [InlineData("a\rb")]
    [InlineData("a\0b")]
    public void A_value_that_would_be_two_fields_is_refused(string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/");
        request.Headers.TryAddWithoutValidation("X", value);

        // Either HttpClient's own collection does not take it, or we do not write it.
        string written;
        try
        {
            written = Write(request, out _);
        }
        catch (HttpRequestException)
        {
            return;
        }

        Assert.DoesNotContain("Smuggled: 1", written.Split("\r\n"));
        Assert.Equal(["GET / HTTP/1.1", "Host: pool", "", ""], written.Split("\r\n").Where(line => !line.StartsWith("X:", StringComparison.Ordinal)));
    }

    private static string Write(HttpRequestMessage request, out RequestHead head)
    {
        HeadWriter writer = HeadWriter.Current;
        head = RequestHead.Write(request, "Host: pool\r\n"u8, writer);
        return Encoding.Latin1.GetString(writer.Written);
    }
}
