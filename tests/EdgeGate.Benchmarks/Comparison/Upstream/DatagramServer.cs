using System.Net;
using EdgeGate.Native.Polling;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport;

namespace EdgeGate.Benchmarks.Comparison.Upstream;

/// <summary>A UDP socket whose datagrams come in batches; its buffers are as large as the kernel allows.</summary>
internal abstract class DatagramServer(int port) : LoopSocket(Bind(port).Release())
{
    private const int BufferBytes = 64 * 1024 * 1024;

    private readonly DatagramBatch _batch = new(64, named: true);

    protected override Interest Interest => Interest.Readable;

    protected internal override void OnReadable(bool ending)
    {
        _batch.Clear();
        if (_batch.Receive(Descriptor).Failed)
        {
            return;
        }

        OnReceived(_batch);
        while (_batch.Pending > 0 && !_batch.Send(Descriptor).Failed)
        {
            // What the kernel does not take is lost, and the client tells.
        }
    }

    protected internal override void OnWritable()
    {
    }

    protected abstract void OnReceived(DatagramBatch batch);

    protected override void OnClosed()
    {
    }

    private static OwnedDescriptor Bind(int port) => SocketFactory.BindDatagram(
        new IPEndPoint(IPAddress.Loopback, port),
        descriptor =>
        {
            SocketOptions.SetReceiveBuffer(descriptor, BufferBytes);
            SocketOptions.SetSendBuffer(descriptor, BufferBytes);
        });
}
