using System.Net;
using System.Net.Sockets;
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

    public IUpstreamSocket? Connect(EndPoint endPoint, IUpstreamSocketHandler handler, out SocketError error)
    {
        SysResult opened = DialledSocket.Open(endPoint);
        if (opened.Failed)
        {
            error = HttpUpstreamSocket.ErrorOf(opened.Error);
            return null;
        }

        var socket = new HttpUpstreamSocket(new Descriptor(opened.Value), handler);
        error = HttpUpstreamSocket.ErrorOf(socket.Connect(endPoint, loop));
        return error == SocketError.Success ? socket : null;
    }
}
