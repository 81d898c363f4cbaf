using System.Net.Sockets;

namespace EdgeGate.Http.Forwarding;

/// <summary>Opens upstream connections.</summary>
internal static class UpstreamDialer
{
    /// <summary>
    /// Of a request: what the connection that is opened for it must begin with, before TLS if there is any.
    /// </summary>
    public static readonly HttpRequestOptionsKey<ReadOnlyMemory<byte>> Preface = new("EdgeGate.Preface");

    /// <summary>Connects, and says first what the request wants said first.</summary>
    public static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        Stream stream = await OpenAsync(context, cancellationToken).ConfigureAwait(false);
        try
        {
            if (context.InitialRequestMessage.Options.TryGetValue(Preface, out ReadOnlyMemory<byte> preface))
            {
                await stream.WriteAsync(preface, cancellationToken).ConfigureAwait(false);
            }

            return stream;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// As HttpClient does it, and with keep-alive probes (RFC 9293, section 3.8.4): a WebSocket may be idle for
    /// hours, and without them an upstream that lost its power would hold it, and us, for ever.
    /// </summary>
    private static async ValueTask<Stream> OpenAsync(
        SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        if (UnixUpstreamAddress.TryGetEndPoint(context.DnsEndPoint.Host, out var path))
        {
            return await ConnectAsync(path, cancellationToken).ConfigureAwait(false);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 60);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 15);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 4);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async ValueTask<Stream> ConnectAsync(UnixDomainSocketEndPoint path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(path, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
