using System.Buffers;
using System.Text;
using EdgeGate.Http.Upstream.Framing;

namespace EdgeGate.Tests.Http.Upstream;

public sealed class ChunkedDecoderTests
{
    [Theory]
    [InlineData("0\r\n\r\n", "", "")]
    [InlineData("5\r\nhello\r\n0\r\n\r\n", "hello", "")]
    [InlineData("005\r\nhello\r\n1\r\n!\r\n000\r\n\r\n", "hello!", "")]
    [InlineData("A;x=\"y\"\r\n0123456789\r\n0;last\r\n\r\n", "0123456789", "")]
    [InlineData("5  \r\nhello\r\n0\r\n\r\n", "hello", "")]
    [InlineData("1\r\n\r\r\n0\r\nA: 1\r\nB:2\r\n\r\n", "\r", "A: 1\r\nB:2\r\n")]
    public void Chunks_are_taken_out(string text, string content, string trailer)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text + "more");
        var decoder = default(ChunkedDecoder);

        Assert.Equal(OperationStatus.Done, decoder.Decode(bytes, out int consumed, out int written));

        Assert.Equal(text.Length, consumed);
        Assert.Equal(content, Encoding.Latin1.GetString(bytes, 0, written));
        Assert.Equal(trailer, Encoding.Latin1.GetString(decoder.Trailer));
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData(" 5\r\nhello\r\n")]
    [InlineData("-1\r\n")]
    [InlineData("+5\r\n")]
    [InlineData("0x5\r\n")]
    [InlineData("g\r\n")]
    [InlineData("5\nhello\n")]
    [InlineData("5\r5")]
    [InlineData("5 5\r\n")]
    [InlineData(";a\r\n")]
    [InlineData("5;a\nb\r\n")]
    [InlineData("5;a\0b\r\n")]
    [InlineData("5\r\nhello0\r\n")]
    [InlineData("5\r\nhello\n0\r\n")]
    [InlineData("5\r\nhelloX\r\n")]
    [InlineData("FFFFFFFFFFFFFFFF\r\n")]
    [InlineData("10000000000000000\r\n")]
    [InlineData("0\r\nA\r\n\r\n")]
    [InlineData("0\r\nA : 1\r\n\r\n")]
    [InlineData("0\r\n\n")]
    [InlineData("0\r\nA: 1\n\r\n")]
    [InlineData("0\r\nA: 1\0\r\n\r\n")]
    public void A_malformed_chunk_is_refused(string text)
    {
        var decoder = default(ChunkedDecoder);

        Assert.Equal(OperationStatus.InvalidData, decoder.Decode(Encoding.Latin1.GetBytes(text), out _, out _));
    }

    [Fact]
    public void Extensions_and_trailers_have_an_end()
    {
        var extended = default(ChunkedDecoder);
        var trailed = default(ChunkedDecoder);

        Assert.Equal(OperationStatus.InvalidData, extended.Decode(Encoding.Latin1.GetBytes("1;" + new string('a', 5000)), out _, out _));
        Assert.Equal(
            OperationStatus.InvalidData,
            trailed.Decode(Encoding.Latin1.GetBytes("0\r\n" + string.Concat(Enumerable.Repeat("A: 1\r\n", 4000))), out _, out _));
    }
}
