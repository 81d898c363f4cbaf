using System.Net.Sockets;

namespace EdgeGate.Http.Upstream;

/// <summary>What happens to a socket, told on its loop's thread.</summary>
public interface IUpstreamSocketHandler
{
    /// <summary>The connect has ended well; or the error why not, and the socket is closed next.</summary>
    void OnConnected(SocketError error);

    /// <summary>There is something to read.</summary>
    /// <param name="ending">The stream ends or has failed: reading must go on until 0 or an error.</param>
    void OnReadable(bool ending);

    /// <summary>There is room to write.</summary>
    void OnWritable();

    /// <summary>The descriptor is gone; said once, whoever closed it.</summary>
    void OnClosed();
}
