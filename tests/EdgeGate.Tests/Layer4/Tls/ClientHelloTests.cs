using System.Buffers;
using System.Text;
using EdgeGate.Layer4.Tls;

namespace EdgeGate.Tests.Layer4.Tls;

public sealed class ClientHelloTests
{
    [Theory]
    [InlineData("a.example.com", "h2", "http/1.1")]
    [InlineData("A.Example.COM")]
    [InlineData("_odd-name.example.com.")]
    [InlineData("192.0.2.1", "h2")]
    [InlineData(null, "h2")]
    [InlineData(null)]
    public void Name_and_protocols_are_found(string? name, params string[] protocols)
    {
        byte[] message = Hello.Message(Hello.Extensions(name, protocols));
        foreach (int each in (int[])[1, 2, 3, 5, 50, 16 * 1024])
        {
            byte[] wire = [.. Hello.Record(message, each), 0x14, 0x03];

            Assert.Equal((name ?? "", string.Join(',', protocols)), Read(wire));
            Assert.Equal(OperationStatus.NeedMoreData, StatusOf(wire[..^3]));
        }
    }

    [Fact]
    public void A_hello_without_extensions_names_nothing() => Assert.Equal(("", ""), Read(Hello.Record(Hello.Message(null))));

    [Fact]
    public void A_message_may_have_16_KiB_and_no_more()
    {
        byte[] extensions = Hello.Extensions("a.example.com");
        int rest = ClientHello.MaxMessageBytes - Hello.Message(extensions).Length - 4;
        byte[] longest = Hello.Message([.. extensions, .. Hello.Extension(21, new byte[rest])]);
        byte[] tooLong = Hello.Message([.. extensions, .. Hello.Extension(21, new byte[rest + 1])]);

        Assert.Equal(ClientHello.MaxMessageBytes, longest.Length);
        Assert.Equal(("a.example.com", ""), Read(Hello.Record(longest)));
        Assert.Equal(("a.example.com", ""), Read(Hello.Record(longest, 100)));
        Assert.Equal(OperationStatus.InvalidData, StatusOf(Hello.Record(tooLong)[..9]));
    }

    [Fact]
    public void Records_that_are_mostly_headers_are_given_up()
    {
        byte[] wire = Hello.Record(Hello.Message(Hello.Extension(21, new byte[16_000])), 1);

        Assert.Equal(OperationStatus.NeedMoreData, StatusOf(wire[..(ClientHello.MaxWireBytes - 1)]));
        Assert.Equal(OperationStatus.InvalidData, StatusOf(wire[..ClientHello.MaxWireBytes]));
        Assert.Equal(OperationStatus.InvalidData, StatusOf(wire));
    }

    [Theory]
    [InlineData("47")] // GET
    [InlineData("15")] // an alert
    [InlineData("1602")] // no version of TLS
    [InlineData("160301" + "0000")] // an empty record
    [InlineData("160301" + "4001")] // a record that is too long
    [InlineData("160301" + "0100" + "02")] // the server's hello
    [InlineData("160301" + "0100" + "01" + "00000f")] // too short for a random
    [InlineData("160301" + "0100" + "01" + "004000")] // too long
    [InlineData("160301" + "0100" + "01" + "0000fc" + "02")] // no version of TLS
    [InlineData("802e0103010015")] // SSL 2
    public void Garbage_is_seen_with_its_first_byte(string wire)
    {
        byte[] bytes = Convert.FromHexString(wire);

        Assert.Equal(OperationStatus.InvalidData, StatusOf(bytes));
        Assert.NotEqual(OperationStatus.InvalidData, StatusOf(bytes[..0]));
    }

    public static TheoryData<byte[]> WrongMessages => new(
        Hello.Message([.. Hello.Extensions("a.example.com"), .. Hello.Extensions("a.example.com")]),
        Hello.Message(Hello.Names((0, "a.example.com"), (0, "b.example.com"))),
        Hello.Message(Hello.Names((0, ""))),
        Hello.Message(Hello.Names((0, "a.example.com\0.evil"))),
        Hello.Message(Hello.Names((0, "\u00fc.example.com"))),
        Hello.Message(Hello.Names((0, new string('a', 256)))),
        Hello.Message(Hello.Names()),
        Hello.Message(Hello.Extension(0, [0, 5, 0, 0, 1, 65])),
        Hello.Message(Hello.Extension(0, [0, 4, 0, 0, 2, 65, 65])),
        Hello.Message(Hello.Extension(16, [0, 0])),
        Hello.Message(Hello.Extension(16, [0, 2, 0, 0])),
        Hello.Message(Hello.Extension(16, [0, 2, 2, 65])),
        Hello.Message([.. Hello.Extension(16, [0, 2, 1, 65]), .. Hello.Extension(16, [0, 2, 1, 65])]),
        Hello.Message([0, 0, 0, 9, 0]),
        Hello.Message([0]),
        Hello.Message([], session: 33));

    [Theory]
    [MemberData(nameof(WrongMessages), DisableDiscoveryEnumeration = true)]
    public void A_message_that_contradicts_itself_is_refused(byte[] message) =>
        Assert.Equal(OperationStatus.InvalidData, StatusOf(Hello.Record(message)));

    [Fact]
    public void A_name_of_another_type_is_passed_over() =>
        Assert.Equal(("a.example.com", ""), Read(Hello.Record(Hello.Message(Hello.Names((7, "x"), (0, "a.example.com"))))));

    private static OperationStatus StatusOf(byte[] wire) =>
        ClientHello.Read(wire, new byte[ClientHello.MaxMessageBytes], out _);

    private static (string Name, string Protocols) Read(byte[] wire)
    {
        Assert.Equal(
            OperationStatus.Done, ClientHello.Read(wire, new byte[ClientHello.MaxMessageBytes], out ClientHello hello));
        var protocols = new List<string>();
        for (ReadOnlySpan<byte> rest = hello.Protocols; !rest.IsEmpty; rest = rest[(1 + rest[0])..])
        {
            protocols.Add(Encoding.ASCII.GetString(rest.Slice(1, rest[0])));
        }

        return (Encoding.ASCII.GetString(hello.ServerName), string.Join(',', protocols));
    }
}
