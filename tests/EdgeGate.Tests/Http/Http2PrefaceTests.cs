using System.Buffers;
using System.Text;
using EdgeGate.Http.Listening;

namespace EdgeGate.Tests.Http;

public sealed class Http2PrefaceTests
{
    private const string Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    [Theory]
    [InlineData("", null)]
    [InlineData("P", null)]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r", null)]
    [InlineData(Preface, true)]
    [InlineData(Preface + "more", true)]
    [InlineData("G", false)]
    [InlineData("POST", false)]
    [InlineData("PRI * HTTP/1.1\r\n", false)]
    public void Decides_as_soon_as_it_can(string received, bool? expected) =>
        Assert.Equal(expected, Http2Preface.Matches(new(Encoding.ASCII.GetBytes(received))));

    [Fact]
    public void Is_found_across_segments()
    {
        for (var cut = 1; cut < Preface.Length; cut++)
        {
            var first = new Segment(Encoding.ASCII.GetBytes(Preface[..cut]));
            var last = first.Append(Encoding.ASCII.GetBytes(Preface[cut..]));

            Assert.True(Http2Preface.Matches(new(first, 0, last, last.Memory.Length)));
        }
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
