using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace EdgeGate.Benchmarks.Comparison.Load;

/// <summary>Clients that read from an endless source, a thread each.</summary>
internal sealed class BulkLoad : ILoad
{
    private const int BufferBytes = 256 * 1024;
    private static readonly TimeSpan RunUpTime = TimeSpan.FromMilliseconds(300);

    private readonly Socket[] _sockets;
    private readonly Thread[] _threads;
    private long _received;
    private volatile bool _stopping;

    internal BulkLoad(int port, int connections)
    {
        _sockets = new Socket[connections];
        _threads = new Thread[connections];
        for (int i = 0; i < connections; i++)
        {
            Socket socket = _sockets[i] = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(IPAddress.Loopback, port);
            _threads[i] = new Thread(() => Read(socket)) { IsBackground = true };
            _threads[i].Start();
        }

        RunUp();
    }

    /// <summary>Bytes that come in a while.</summary>
    public long RunFor(TimeSpan duration)
    {
        long before = Received;
        Thread.Sleep(duration);
        return Received - before;
    }

    private long Received => Interlocked.Read(ref _received);

    /// <summary>Until the sender and the buffers have found their pace.</summary>
    /// <exception cref="TimeoutException">Nothing comes.</exception>
    private void RunUp()
    {
        long began = Stopwatch.GetTimestamp();
        while (Received == 0)
        {
            Thread.Sleep(10);
            if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(5))
            {
                throw new TimeoutException("the source sends nothing");
            }
        }

        Thread.Sleep(RunUpTime);
    }

    public void Dispose()
    {
        _stopping = true;
        foreach (Socket socket in _sockets)
        {
            socket.Shutdown(SocketShutdown.Both);
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        Array.ForEach(_sockets, socket => socket.Dispose());
    }

    private void Read(Socket socket)
    {
        byte[] buffer = new byte[BufferBytes];
        try
        {
            int count;
            while ((count = socket.Receive(buffer)) > 0)
            {
                Interlocked.Add(ref _received, count);
            }
        }
        catch (SocketException) when (_stopping)
        {
            // Reset after the end of the measurement.
        }
    }
}
