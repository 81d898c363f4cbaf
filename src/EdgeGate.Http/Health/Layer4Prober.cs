using System.Net;
using System.Net.Sockets;

namespace EdgeGate.Http.Health;

/// <summary>Asks a layer 4 destination whether it is alive; whoever asks sets the time-out.</summary>
internal static class Layer4Prober
{
    /// <summary>An answer is looked through so far, in bytes.</summary>
    private const int MaxAnswer = 16 * 1024;

    /// <summary>
    /// A TCP destination is alive when it accepts, and says what is expected where something is. A UDP one, which accepts
    /// nothing, is taken at its word unless it is to answer.
    /// </summary>
    /// <exception cref="SocketException">It cannot be reached.</exception>
    /// <exception cref="IOException">It says something else.</exception>
    public static async ValueTask ProbeAsync(Uri destination, Layer4Probe probe, CancellationToken cancellationToken)
    {
        bool datagrams = destination.Scheme == "udp";
        if (datagrams && (probe.Send.IsEmpty || probe.Expect.IsEmpty))
        {
            return;
        }

        using Socket socket = await ConnectAsync(destination, datagrams, cancellationToken).ConfigureAwait(false);
        ReadOnlyMemory<byte> rest = probe.Send;
        while (!rest.IsEmpty)
        {
            rest = rest[await socket.SendAsync(rest, cancellationToken).ConfigureAwait(false)..];
        }

        if (!probe.Expect.IsEmpty)
        {
            await ExpectAsync(socket, probe.Expect, datagrams, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<Socket> ConnectAsync(Uri destination, bool datagrams, CancellationToken cancellationToken)
    {
        bool unix = UnixUpstreamAddress.TryGetEndPoint(destination.IdnHost, out var path);
        EndPoint endPoint = unix ? path! : new DnsEndPoint(destination.IdnHost, destination.Port);
        var socket = unix ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : datagrams ? new Socket(SocketType.Dgram, ProtocolType.Udp)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task ExpectAsync(
        Socket socket, ReadOnlyMemory<byte> expected, bool datagrams, CancellationToken cancellationToken)
    {
        byte[] answer = new byte[MaxAnswer];
        int length = 0;
        while (length < answer.Length)
        {
            int received = await socket.ReceiveAsync(answer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            length += received;
            if (answer.AsSpan(0, length).IndexOf(expected.Span) >= 0)
            {
                return;
            }

            if (received == 0 || datagrams)
            {
                break;
            }
        }

        throw new IOException($"the answer, {length} bytes, is not what {Layer4Probe.ExpectKey} says");
    }
}
