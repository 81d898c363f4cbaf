using System.Net.Sockets;

namespace EdgeGate.Http.Forwarding;

/// <summary>An upstream connection, and what it has taken of this machine, which goes back when its socket is closed.</summary>
internal sealed class UpstreamStream(Socket socket, UpstreamPort? port, IDisposable? descriptor)
    : NetworkStream(socket, ownsSocket: true)
{
    private int _returned;

    // By the finalizer, too: a stream that was forgotten has its socket closed then.
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (Interlocked.Exchange(ref _returned, 1) == 0)
        {
            port?.Dispose();
            descriptor?.Dispose();
        }
    }
}
