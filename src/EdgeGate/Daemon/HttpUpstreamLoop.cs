using System.Net;
using System.Net.Sockets;
using EdgeGate.Http;
using EdgeGate.Http.Upstream;
using EdgeGate.Native;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport;
using EdgeGate.Transport.Upstream;

namespace EdgeGate.Daemon;

/// <summary>An event loop as layer 7 sees it.</summary>
internal sealed class HttpUpstreamLoop(EventLoop loop) : IUpstreamLoop
{
    public int Index => loop.Index;

    public bool IsCurrent => loop.IsCurrent;

    public byte[] ReadBuffer => loop.ReadBuffer;

    public void Post(Action<object?> callback, object? state) => loop.Post(callback, state);

    public IUpstreamSocket? Connect(
        EndPoint endPoint, UpstreamPort? port, IUpstreamSocketHandler handler, out SocketError error)
    {
        SysResult opened = DialledSocket.Open(endPoint);
        if (opened.Failed)
        {
            error = HttpUpstreamSocket.ErrorOf(opened.Error);
            return null;
        }

        var descriptor = new Descriptor(opened.Value);
        if (port?.Source is { } source && SocketFactory.BindAddressOnly(descriptor, new IPEndPoint(source, 0)) is { Failed: true } bound)
        {
            SocketIO.Close(descriptor);
            error = HttpUpstreamSocket.ErrorOf(bound.Error);
            port.ReturnUnusable(error);
            return null;
        }

        var socket = new HttpUpstreamSocket(descriptor, handler);
        error = HttpUpstreamSocket.ErrorOf(socket.Connect(endPoint, loop));
        return error == SocketError.Success ? socket : null;
    }
}
