using System.Net;
using System.Net.Sockets;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Benchmarks.Comparison.Upstream;

/// <summary>
/// Counts what comes. A datagram of eight bytes is a question: it comes back with how many came since it was made.
/// </summary>
internal sealed class DatagramCounter(int port) : DatagramServer(port)
{
    private const int QuestionBytes = sizeof(long);

    private static readonly Socket Answers = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    private readonly byte[] _answer = new byte[QuestionBytes];
    private long _count;

    /// <summary>Asks one how many came; itself, and not through any proxy.</summary>
    internal static long Ask(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        byte[] count = new byte[QuestionBytes];
        socket.ReceiveTimeout = 5000;
        socket.SendTo(count, new IPEndPoint(IPAddress.Loopback, port));
        socket.Receive(count);
        return BitConverter.ToInt64(count);
    }

    protected override void OnReceived(DatagramBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            if (batch.LengthOf(i) == QuestionBytes)
            {
                BitConverter.TryWriteBytes(_answer, _count);
                Answers.SendTo(_answer, batch.PathOf(i).Remote!);
            }
            else
            {
                _count++;
            }
        }
    }
}
