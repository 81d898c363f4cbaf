using System.Buffers;
using System.Net;
using System.Text;
using EdgeGate.Transport;
using EdgeGate.Transport.ProxyProtocol;

namespace EdgeGate.Tests.Transport.ProxyProtocol;

public sealed class ProxyHeaderTests
{
    private const string V2Start = "0d0a0d0a000d0a515549540a";

    [Theory]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n", "192.0.2.1:56324", "198.51.100.2:443")]
    [InlineData("PROXY TCP4 0.0.0.0 255.255.255.255 0 65535\r\n", "0.0.0.0:0", "255.255.255.255:65535")]
    [InlineData("PROXY TCP6 2001:db8::1 ::1 1 2\r\n", "[2001:db8::1]:1", "[::1]:2")]
    [InlineData("PROXY TCP6 1:2:3:4:5:6:7:8 1:2:3:4:5:6:7:: 1 2\r\n", "[1:2:3:4:5:6:7:8]:1", "[1:2:3:4:5:6:7:0]:2")]
    [InlineData("PROXY TCP6 ABCD::ef01 :: 1 2\r\n", "[abcd::ef01]:1", "[::]:2")]
    [InlineData("PROXY TCP6 ::ffff:192.0.2.1 ::ffff:c633:6402 1 2\r\n", "192.0.2.1:1", "198.51.100.2:2")]
    [InlineData("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
        "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535", "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535")]
    [InlineData("PROXY UNKNOWN\r\n", null, null)]
    [InlineData("PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n", null, null)]
    public void A_line_is_read_to_its_end(string line, string? source, string? destination)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(line + "PROXY TCP4 not this\r\n");

        Assert.Equal(OperationStatus.Done, ProxyHeader.Parse(bytes, out ProxyHeader header));

        Assert.Equal(line.Length, header.Length);
        Assert.Equal(source, header.Source?.ToString());
        Assert.Equal(destination, header.Destination?.ToString());
        Assert.Equal(OperationStatus.NeedMoreData, ProxyHeader.Parse(bytes.AsSpan(0, line.Length - 1), out _));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("PROXY\r\n")]
    [InlineData("PROXY  TCP4 1.2.3.4 1.2.3.4 1 2\r\n")]
    [InlineData("PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4  1.2.3.4 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 +1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.04 1.2.3.4 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.256 1.2.3.4 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3 1.2.3.4 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4.5 1.2.3.4 1 2\r\n")]
    [InlineData("PROXY TCP4 ::1 ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n")]
    [InlineData("PROXY TCP6 1:2:3:4:5:6:7 ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 1:2:3:4:5:6:7:8:9 ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 1:2:3:4::5:6:7:8 ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 1::2::3 ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 :::1 ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 12345::1 ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 1.2.3.4:: ::1 1 2\r\n")]
    [InlineData("PROXY UNKNOWNS\r\n")]
    [InlineData("PROXY UNKNOWN \0\r\n")]
    [InlineData("PROXY UNKNOWN a\nb\r\n")]
    public void A_line_with_a_slip_is_refused(string line) => Assert.Equal(
        OperationStatus.InvalidData, ProxyHeader.Parse(Encoding.Latin1.GetBytes(line), out _));

    [Fact]
    public void A_line_that_does_not_end_is_refused_at_its_greatest_length()
    {
        byte[] line = Encoding.Latin1.GetBytes("PROXY UNKNOWN " + new string('x', 200));

        Assert.Equal(OperationStatus.NeedMoreData, ProxyHeader.Parse(line.AsSpan(0, 106), out _));
        Assert.Equal(OperationStatus.InvalidData, ProxyHeader.Parse(line.AsSpan(0, 107), out _));
    }

    [Theory]
    [InlineData("2111000cc0000201c63364021f9001bb", "192.0.2.1:8080", "198.51.100.2:443")]
    [InlineData("2112000cc0000201c63364021f9001bb", "192.0.2.1:8080", "198.51.100.2:443")]
    [InlineData("2111000fc0000201c63364021f9001bb040000", "192.0.2.1:8080", "198.51.100.2:443")]
    [InlineData("2121002420010db8000000000000000000000001200100000000000000000000000000021f9001bb", "[2001:db8::1]:8080", "[2001::2]:443")]
    [InlineData("20000000", null, null)]
    [InlineData("2011000cc0000201c63364021f9001bb", null, null)]
    [InlineData("20ff0002abcd", null, null)]
    [InlineData("21000000", null, null)]
    [InlineData("21000003aabbcc", null, null)]
    public void A_block_is_read_to_its_end(string rest, string? source, string? destination)
    {
        byte[] bytes = Convert.FromHexString(V2Start + rest + "ffff");

        Assert.Equal(OperationStatus.Done, ProxyHeader.Parse(bytes, out ProxyHeader header));

        Assert.Equal(bytes.Length - 2, header.Length);
        Assert.Equal(source, header.Source?.ToString());
        Assert.Equal(destination, header.Destination?.ToString());
        Assert.Equal(rest.StartsWith("20", StringComparison.Ordinal), header.IsLocal);
        Assert.Equal(OperationStatus.NeedMoreData, ProxyHeader.Parse(bytes.AsSpan(0, header.Length - 1), out _));
    }

    [Theory]
    [InlineData("11")] // version 1 in a block
    [InlineData("22")] // no such command
    [InlineData("2113")] // no such transport
    [InlineData("2141")] // no such family
    [InlineData("2110")] // a family without a transport
    [InlineData("2111000b")] // too short for its addresses
    [InlineData("21110ff1")] // one byte longer than what is taken
    [InlineData("2111000dc0000201c63364021f9001bb04")] // part of a TLV
    [InlineData("2111000fc0000201c63364021f9001bb040001")] // a TLV that leads out
    [InlineData("2111000fc0000201c63364021f9001bb030004")] // a checksum that leads out
    [InlineData("21110010c0000201c63364021f9001bb04000000")] // a byte behind the last TLV
    [InlineData("21110012c0000201c63364021f9001bb030003000000")] // a checksum of three bytes
    [InlineData("21110013c0000201c63364021f9001bb03000400000000")] // a wrong checksum
    public void A_block_with_a_slip_is_refused(string rest) => Assert.Equal(
        OperationStatus.InvalidData, ProxyHeader.Parse(Convert.FromHexString(V2Start + rest), out _));

    [Theory]
    [InlineData("192.0.2.1:1", "198.51.100.2:65535", "PROXY TCP4 192.0.2.1 198.51.100.2 1 65535\r\n")]
    [InlineData("[2001:db8::1]:1", "[2001:db8::2]:2", "PROXY TCP6 2001:db8::1 2001:db8::2 1 2\r\n")]
    [InlineData("[fe80::1%7]:1", "[fe80::2%7]:2", "PROXY TCP6 fe80::1 fe80::2 1 2\r\n")]
    [InlineData("192.0.2.1:1", "[2001:db8::2]:2", "PROXY TCP6 ::ffff:192.0.2.1 2001:db8::2 1 2\r\n")]
    [InlineData("[2001:db8::1]:1", "192.0.2.1:2", "PROXY TCP6 2001:db8::1 ::ffff:192.0.2.1 1 2\r\n")]
    public void What_is_written_can_be_read(string source, string destination, string line)
    {
        byte[] bytes = new byte[ProxyHeaderWriter.MaxBytes];
        foreach (ProxyProtocolVersion version in (ProxyProtocolVersion[])[ProxyProtocolVersion.V1, ProxyProtocolVersion.V2])
        {
            int length = ProxyHeaderWriter.Write(version, IPEndPoint.Parse(source), IPEndPoint.Parse(destination), bytes);

            Assert.Equal(OperationStatus.Done, ProxyHeader.Parse(bytes.AsSpan(0, length), out ProxyHeader header));
            Assert.Equal(length, header.Length);
            Assert.Equal(source.Replace("%7", "", StringComparison.Ordinal), header.Source!.ToString());
            Assert.Equal(destination.Replace("%7", "", StringComparison.Ordinal), header.Destination!.ToString());
            if (version == ProxyProtocolVersion.V1)
            {
                Assert.Equal(line, Encoding.ASCII.GetString(bytes, 0, length));
            }
        }
    }

    [Fact]
    public void A_missing_address_is_written_as_unknown()
    {
        byte[] bytes = new byte[ProxyHeaderWriter.MaxBytes];
        var known = new IPEndPoint(IPAddress.Loopback, 1);

        int length = ProxyHeaderWriter.Write(ProxyProtocolVersion.V1, null, known, bytes);
        Assert.Equal("PROXY UNKNOWN\r\n", Encoding.ASCII.GetString(bytes, 0, length));
        length = ProxyHeaderWriter.Write(ProxyProtocolVersion.V2, known, null, bytes);
        Assert.Equal(V2Start + "21000000", Convert.ToHexStringLower(bytes.AsSpan(0, length)));
        length = ProxyHeaderWriter.WriteLocal(ProxyProtocolVersion.V2, bytes);
        Assert.Equal(V2Start + "20000000", Convert.ToHexStringLower(bytes.AsSpan(0, length)));
    }

    [Fact]
    public void Reading_and_writing_allocate_nothing()
    {
        byte[] line = "PROXY TCP6 2001:db8::1 ::ffff:192.0.2.1 1 2\r\n"u8.ToArray();
        byte[] block = Convert.FromHexString(V2Start + "2111000fc0000201c63364021f9001bb040000");
        byte[] written = new byte[ProxyHeaderWriter.MaxBytes];
        var source = new IPEndPoint(IPAddress.Loopback, 1);
        Action all = () =>
        {
            Assert.True(ProxyHeader.Parse(line, out _) == OperationStatus.Done);
            Assert.True(ProxyHeader.Parse(block, out _) == OperationStatus.Done);
            ProxyHeaderWriter.Write(ProxyProtocolVersion.V1, source, source, written);
            ProxyHeaderWriter.Write(ProxyProtocolVersion.V2, source, source, written);
        };

        Assert.Equal(0, Allocations.Of(all));
    }

    [Fact]
    public void A_header_may_come_in_any_pieces_and_with_data()
    {
        byte[] bytes = Convert.FromHexString(V2Start + "2111000cc0000201c63364021f9001bb" + "68656c6c6f");
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            var reader = new ProxyHeaderReader();
            var buffers = new LoopBufferPool();
            var rest = new List<byte>();
            ProxyHeader found = default;
            foreach (byte[] piece in (byte[][])[bytes[..cut], bytes[cut..]])
            {
                ReadOnlySpan<byte> left = piece;
                if (found == default && reader.Read(buffers, ref left, out ProxyHeader header) == OperationStatus.Done)
                {
                    found = header;
                }

                rest.AddRange(left);
            }

            Assert.Equal("192.0.2.1:8080", found.Source?.ToString());
            Assert.Equal("hello"u8.ToArray(), rest);
            Assert.False(reader.IsHolding);
        }
    }
}
