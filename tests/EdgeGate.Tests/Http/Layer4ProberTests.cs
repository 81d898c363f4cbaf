using System.Net;
using System.Net.Sockets;
using System.Text;
using EdgeGate.Http;
using EdgeGate.Http.Forwarding;
using EdgeGate.Http.Health;
using EdgeGate.Tests.Sockets;

namespace EdgeGate.Tests.Http;

public sealed class Layer4ProberTests
{
    private static readonly Layer4Prober Prober = new(new UpstreamDialer("c", new HttpGatewayOptions()));

    [Theory]
    [InlineData("pong", true)]
    [InlineData("ong", true)] // anywhere in the answer
    [InlineData("bang", false)]
    public async Task A_datagram_destination_must_answer_as_expected(string expected, bool well)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Task serving = AnswerAsync(server);
        Task probing = ProbeAsync($"udp://{server.LocalEndPoint}", "ping", expected);

        if (well)
        {
            await probing;
        }
        else
        {
            await Assert.ThrowsAsync<IOException>(() => probing);
        }

        await serving;
    }

    [Fact]
    public async Task A_datagram_destination_that_need_not_answer_is_well() => await ProbeAsync("udp://127.0.0.1:9", "ping", "");

    [Fact]
    public async Task A_datagram_destination_that_is_not_there_is_not_well()
    {
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        string address = $"udp://{nobody.LocalEndPoint}";
        nobody.Dispose();

        await Assert.ThrowsAsync<SocketException>(() => ProbeAsync(address, "ping", "pong"));
    }

    [Fact]
    public async Task An_answer_may_come_in_pieces_and_one_that_never_fits_ends()
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        server.Listen();

        Task good = ProbeAsync($"tcp://{server.LocalEndPoint}", "", "220 ready");
        using (Socket one = await server.AcceptAsync())
        {
            one.NoDelay = true;
            await one.SendAsync("220 re"u8.ToArray());
            await one.SendAsync("ady\r\n"u8.ToArray());
            await good;
        }

        Task endless = ProbeAsync($"tcp://{server.LocalEndPoint}", "", "220 ready");
        using Socket other = await server.AcceptAsync();
        await other.SendAsync(new byte[64 * 1024]);
        await Assert.ThrowsAsync<IOException>(() => endless);
    }

    private static async Task AnswerAsync(Socket server)
    {
        var received = await server.ReceiveFromAsync(new byte[16], new IPEndPoint(IPAddress.Any, 0));
        await server.SendToAsync("pong"u8.ToArray(), received.RemoteEndPoint);
    }

    private static async Task ProbeAsync(string address, string send, string expect)
    {
        using var deadline = new CancellationTokenSource(TestTime.Limit);
        var probe = new Layer4Probe(Encoding.ASCII.GetBytes(send), Encoding.ASCII.GetBytes(expect));
        await Prober.ProbeAsync(new Uri(address), probe, deadline.Token);
    }
}
