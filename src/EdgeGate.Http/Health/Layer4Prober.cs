using System.Net;
using System.Net.Sockets;
using EdgeGate.Http.Forwarding;

namespace EdgeGate.Http.Health;

/// <summary>Asks a layer 4 destination whether it is alive; whoever asks sets the time-out.</summary>
/// <param name="dialer">Connects as the cluster's own connections do, from the same sources.</param>
internal sealed class Layer4Prober(UpstreamDialer dialer)
{
    /// <summary>An answer is looked through so far, in bytes.</summary>
    private const int MaxAnswer = 16 * 1024;

    /// <summary>
    /// A TCP destination is alive when it accepts, and says what is expected where something is. A UDP one, which accepts
    /// nothing, is taken at its word unless it is to answer.
    /// </summary>
    /// <exception cref="SocketException">It cannot be reached.</exception>
    /// <exception cref="IOException">
    /// It says something else; or this machine has nothing to connect with (<see cref="UpstreamShortageException"/>).
    /// </exception>
    public async ValueTask ProbeAsync(Uri destination, Layer4Probe probe, CancellationToken cancellationToken)
    {
        bool datagrams = destination.Scheme == "udp";
        if (datagrams && (probe.Send.IsEmpty || probe.Expect.IsEmpty))
        {
            return;
        }

        var host = new DnsEndPoint(destination.IdnHost, destination.Port);
        using IDisposable connection = datagrams
            ? await ConnectDatagramsAsync(host, cancellationToken).ConfigureAwait(false)
            : await dialer.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        Socket socket = connection as Socket ?? ((NetworkStream)connection).Socket;
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

    private static async Task<Socket> ConnectDatagramsAsync(DnsEndPoint host, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Dgram, ProtocolType.Udp);
        try
        {
            await socket.ConnectAsync(host, cancellationToken).ConfigureAwait(false);
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
