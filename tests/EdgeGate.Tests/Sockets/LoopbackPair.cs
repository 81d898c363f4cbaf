using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using EdgeGate.Native;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Tests.Sockets;

/// <summary>A TCP connection over loopback: our end as the loops see it, the peer's as a plain blocking socket.</summary>
internal sealed class LoopbackPair : IDisposable
{
    internal LoopbackPair(IPAddress? address = null, Action<Descriptor>? configure = null)
    {
        using OwnedDescriptor listener = SocketFactory.Listen(new IPEndPoint(address ?? IPAddress.Loopback, 0), 8, configure);
        IPEndPoint local = SocketFactory.LocalAddress(listener.Descriptor)!;
        Peer = new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Peer.Connect(local);
        Near = new OwnedDescriptor(Patiently(() => SocketIO.Accept(listener.Descriptor, out _)).OrThrow("accept"));
    }

    /// <summary>Ours, accepted: non-blocking and close-on-exec.</summary>
    internal OwnedDescriptor Near { get; }

    /// <summary>The other side.</summary>
    internal Socket Peer { get; }

    internal Descriptor Descriptor => Near.Descriptor;

    public void Dispose()
    {
        Near.Dispose();
        Peer.Dispose();
    }

    internal void PeerResets()
    {
        Peer.LingerState = new LingerOption(true, 0);
        Peer.Dispose();
    }

    /// <summary>Repeats a non-blocking call until it no longer would have to wait.</summary>
    internal static SysResult Patiently(Func<SysResult> call)
    {
        long began = Stopwatch.GetTimestamp();
        SysResult result = call();
        while (result.WouldBlock && Stopwatch.GetElapsedTime(began) < TestTime.Limit)
        {
            Thread.Yield();
            result = call();
        }

        return result;
    }

    /// <summary>Writes until the kernel takes no more.</summary>
    internal int Fill()
    {
        byte[] chunk = new byte[64 * 1024];
        int total = 0;
        SysResult result;
        while (!(result = SocketIO.Send(Descriptor, chunk)).Failed)
        {
            total += result.Value;
        }

        Assert.True(result.WouldBlock);
        return total;
    }
}
