using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace EdgeGate.Http.Forwarding;

/// <summary>Opens the upstream connections of a cluster.</summary>
internal sealed class UpstreamDialer(string cluster, HttpGatewayOptions options)
{
    /// <summary>
    /// Of a request: what the connection that is opened for it must begin with, before TLS if there is any.
    /// </summary>
    public static readonly HttpRequestOptionsKey<ReadOnlyMemory<byte>> Preface = new("EdgeGate.Preface");

    private const int IPPROTO_IP = 0;
    private const int IP_BIND_ADDRESS_NO_PORT = 24;

    /// <summary>Connects, and says first what the request wants said first.</summary>
    /// <exception cref="UpstreamShortageException">This machine has no descriptor or no port for it.</exception>
    public async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        Stream stream = await OpenToldAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
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

    private async ValueTask<Stream> OpenToldAsync(DnsEndPoint host, CancellationToken cancellationToken)
    {
        long began = Stopwatch.GetTimestamp();
        try
        {
            Stream stream = await OpenAsync(host, cancellationToken).ConfigureAwait(false);
            Tell(host, began, SocketError.Success);
            return stream;
        }
        catch (SocketException e)
        {
            Tell(host, began, e.SocketErrorCode);
            throw;
        }
        catch (OperationCanceledException)
        {
            Tell(host, began, SocketError.TimedOut);
            throw;
        }
    }

    // HttpClient opens connections for whoever comes first, and so for no request in particular.
    private void Tell(DnsEndPoint host, long began, SocketError error) => options.UpstreamConnected?.Invoke(
        new UpstreamConnect(cluster, host.Host, host.Port, Stopwatch.GetElapsedTime(began), error, Activity.Current));

    /// <summary>Connects to a host, or to the Unix socket that it stands for.</summary>
    /// <exception cref="UpstreamShortageException">This machine has no descriptor or no port for it.</exception>
    public async ValueTask<Stream> OpenAsync(DnsEndPoint host, CancellationToken cancellationToken)
    {
        IDisposable? descriptor = null;
        if (options.TakeDescriptor is { } take && (descriptor = take()) is null)
        {
            throw UpstreamShortageException.NoDescriptor();
        }

        try
        {
            return UnixUpstreamAddress.TryGetEndPoint(host.Host, out var path)
                ? await OpenAsync(path, descriptor, cancellationToken).ConfigureAwait(false)
                : await OpenAsync(host, descriptor, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            descriptor?.Dispose();
            throw;
        }
    }

    private static async Task<Stream> OpenAsync(
        UnixDomainSocketEndPoint path, IDisposable? descriptor, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(path, cancellationToken).ConfigureAwait(false);
            return new UpstreamStream(socket, null, descriptor);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>One address of a name after the other, in the resolver's order.</summary>
    private async Task<Stream> OpenAsync(DnsEndPoint host, IDisposable? descriptor, CancellationToken cancellationToken)
    {
        IPAddress[] addresses = IPAddress.TryParse(host.Host, out IPAddress? literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(host.Host, cancellationToken).ConfigureAwait(false);
        SocketException? failure = null;
        foreach (IPAddress address in addresses)
        {
            var to = new UpstreamAddress(cluster, host.Host, host.Port, new IPEndPoint(address, host.Port));
            try
            {
                if (await TryOpenAsync(to, descriptor, cancellationToken).ConfigureAwait(false) is { } stream)
                {
                    return stream;
                }
            }
            catch (SocketException e)
            {
                failure = e;
            }
        }

        throw failure ?? (Exception)UpstreamShortageException.NoPort(host.Host, host.Port);
    }

    /// <summary>From one source after the other, while the kernel finds no port; null if none has one left.</summary>
    private async Task<Stream?> TryOpenAsync(
        UpstreamAddress to, IDisposable? descriptor, CancellationToken cancellationToken)
    {
        if (options.TakePort is not { } take)
        {
            return await OpenAsync(to.EndPoint, null, descriptor, cancellationToken).ConfigureAwait(false);
        }

        while (take(to) is { } port)
        {
            try
            {
                return await OpenAsync(to.EndPoint, port, descriptor, cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressNotAvailable)
            {
                port.ReturnRefused(); // unless it was the source that could not be bound: then that has been told already
            }
            catch
            {
                port.Dispose();
                throw;
            }
        }

        return null;
    }

    /// <summary>
    /// As HttpClient does it, and with keep-alive probes (RFC 9293, section 3.8.4): a WebSocket may be idle for
    /// hours, and without them an upstream that lost its power would hold it, and us, for ever.
    /// </summary>
    private static async Task<Stream> OpenAsync(
        IPEndPoint to, UpstreamPort? port, IDisposable? descriptor, CancellationToken cancellationToken)
    {
        var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 60);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 15);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 4);
            if (port?.Source is { } source)
            {
                Bind(socket, source, port);
            }

            await socket.ConnectAsync(to, cancellationToken).ConfigureAwait(false);
            return new UpstreamStream(socket, port, descriptor);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // The port is chosen at connect, for the destination: ip(7), IP_BIND_ADDRESS_NO_PORT.
    private static void Bind(Socket socket, IPAddress source, UpstreamPort port)
    {
        if (OperatingSystem.IsLinux())
        {
            socket.SetRawSocketOption(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, BitConverter.GetBytes(1));
        }

        try
        {
            socket.Bind(new IPEndPoint(source, 0));
        }
        catch (SocketException e)
        {
            port.ReturnUnusable(e.SocketErrorCode);
            throw;
        }
    }
}
