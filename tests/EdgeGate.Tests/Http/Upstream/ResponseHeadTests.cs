using System.Buffers;
using System.Text;
using EdgeGate.Http.Upstream.Framing;

namespace EdgeGate.Tests.Http.Upstream;

public sealed class ResponseHeadTests
{
    private readonly List<HeaderField> _fields = [];

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", 200, BodyKind.UntilClose, false)]
    [InlineData("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, BodyKind.None, true)]
    [InlineData("HTTP/1.1 200 \r\nContent-Length: 9223372036854775807\r\n\r\n", 200, BodyKind.Length, true)]
    [InlineData("HTTP/1.1 200 OK\r\ntransfer-encoding:\tChunked \r\n\r\n", 200, BodyKind.Chunked, true)]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", 204, BodyKind.None, true)]
    [InlineData("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", 304, BodyKind.None, true)]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n\r\n", 101, BodyKind.Upgraded, true)]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n", 200, BodyKind.Length, false)]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: Keep-Alive\r\n\r\n", 200, BodyKind.Length, true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: x, Close\r\n\r\n", 200, BodyKind.Length, false)]
    public void The_framing_is_read(string text, int status, object kind, bool isPersistent)
    {
        Assert.Equal(OperationStatus.Done, Read(text, out ResponseHead head));

        Assert.Equal(status, head.Status);
        Assert.Equal(text.Length, head.Length);
        Assert.Equal(kind, head.BodyAfter(toHead: false));
        Assert.Equal(status == 101 ? BodyKind.Upgraded : BodyKind.None, head.BodyAfter(toHead: true));
        Assert.Equal(isPersistent, head.IsPersistent && kind is not BodyKind.UntilClose);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\n\n")] // bare line feeds
    [InlineData("HTTP/1.1 200 OK\r\nX: a\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\u007fb\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n")] // obs-fold
    [InlineData("HTTP/1.1 200 OK\r\n X: a\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX : a\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n: a\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, identity\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/2.0 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1  200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 20 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 099 OK\r\n\r\n")]
    [InlineData("http/1.1 200 OK\r\n\r\n")]
    [InlineData("ICY 200 OK\r\n\r\n")]
    [InlineData("\r\nHTTP/1.1 200 OK\r\n\r\n")]
    public void What_is_malformed_or_could_be_read_in_two_ways_is_refused(string text) =>
        Assert.Equal(OperationStatus.InvalidData, Read(text, out _));

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\r\n\r")]
    public void Half_a_head_waits_for_the_rest(string text) =>
        Assert.Equal(OperationStatus.NeedMoreData, Read(text, out _));

    [Fact]
    public void A_head_without_end_is_refused()
    {
        string start = "HTTP/1.1 200 OK\r\nX: ";

        Assert.Equal(OperationStatus.NeedMoreData, Read(start + new string('a', ResponseHead.MaxBytes - start.Length - 1), out _));
        Assert.Equal(OperationStatus.InvalidData, Read(start + new string('a', ResponseHead.MaxBytes - start.Length), out _));
    }

    private OperationStatus Read(string text, out ResponseHead head) =>
        ResponseHead.Read(Encoding.Latin1.GetBytes(text), _fields, out head);
}
