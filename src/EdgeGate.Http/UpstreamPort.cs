using System.Net;
using System.Net.Sockets;

namespace EdgeGate.Http;

/// <summary>The port of an upstream connection. Whoever has it gives it back, once, when the socket is closed.</summary>
public abstract class UpstreamPort : IDisposable
{
    /// <summary>The address of this machine that the connection is made from; null leaves the choice to the kernel.</summary>
    public abstract IPAddress? Source { get; }

    /// <summary>Gives it back because there is none: connect(2) said EADDRNOTAVAIL.</summary>
    public abstract void ReturnRefused();

    /// <summary>Gives it back because the source cannot be bound.</summary>
    public abstract void ReturnUnusable(SocketError error);

    /// <summary>Gives it back.</summary>
    public void Dispose()
    {
        Return();
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives it back; only the first call of any of these does.</summary>
    protected abstract void Return();
}
