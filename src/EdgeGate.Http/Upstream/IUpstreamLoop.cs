using System.Net;
using System.Net.Sockets;

namespace EdgeGate.Http.Upstream;

/// <summary>One thread with sockets of its own. No code that may block runs there.</summary>
public interface IUpstreamLoop
{
    /// <summary>Its number, from 0.</summary>
    int Index { get; }

    /// <summary>Whether the caller runs on its thread.</summary>
    bool IsCurrent { get; }

    /// <summary>Its one read buffer: the content is good until the reaction that filled it returns.</summary>
    byte[] ReadBuffer { get; }

    /// <summary>Has it run something soon, from any thread.</summary>
    void Post(Action<object?> callback, object? state);

    /// <summary>
    /// Opens a socket and begins to connect it, on the loop's thread; the handler is told how that ended, later.
    /// </summary>
    /// <param name="endPoint">Where to: an IP end point or a Unix socket.</param>
    /// <param name="port">
    /// Where from; null leaves that to the kernel. It stays the caller's, but one whose source cannot be bound is returned
    /// as such.
    /// </param>
    /// <param name="handler">Whose socket it is.</param>
    /// <param name="error">Why there is none, if it failed at once.</param>
    IUpstreamSocket? Connect(EndPoint endPoint, UpstreamPort? port, IUpstreamSocketHandler handler, out SocketError error);
}
