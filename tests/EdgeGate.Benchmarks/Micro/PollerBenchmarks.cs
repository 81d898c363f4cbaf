using System.Net;
using System.Net.Sockets;
using BenchmarkDotNet.Attributes;
using EdgeGate.Native.Polling;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Benchmarks.Micro;

/// <summary>Waiting where one socket is ready, and one byte's way through it.</summary>
[MemoryDiagnoser]
public class PollerBenchmarks : IDisposable
{
    private readonly Poller _poller = Poller.Open();
    private readonly PollEvent[] _events = new PollEvent[256];
    private readonly byte[] _byte = new byte[1];
    private Socket _near = null!;
    private Socket _far = null!;

    [GlobalSetup]
    public void Connect()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _far.Connect(listener.LocalEndPoint!);
        _near = listener.Accept();
        _far.Send(_byte);

        // Level-triggered, a socket with something to read is reported at every wait.
        _poller.Add(Near, 1, Interest.Readable).OrThrow("poll");
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _near.Dispose();
        _far.Dispose();
        _poller.Dispose();
    }

    [Benchmark]
    public int Wait_with_one_ready() => _poller.Wait(_events, -1);

    [Benchmark]
    public int Send_wait_receive()
    {
        _far.Send(_byte);
        _poller.Wait(_events, -1);
        return SocketIO.Receive(Near, _byte).Value;
    }

    private Descriptor Near => new((int)_near.Handle);
}
