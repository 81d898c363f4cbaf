using EdgeGate.Native.Sockets;
using EdgeGate.Transport;

namespace EdgeGate.Tests.Transport;

/// <summary>A socket whose reactions are a test's.</summary>
internal sealed class TestSocket(OwnedDescriptor descriptor) : LoopSocket(descriptor.Release())
{
    internal Action<TestSocket, bool>? Readable { get; set; }

    internal int Readables { get; private set; }

    internal int Closings { get; private set; }

    internal void CloseNow(bool reset) => Close(reset);

    internal int Read(byte[] buffer) => SocketIO.Receive(Descriptor, buffer).Value;

    protected internal override void OnReadable(bool ending)
    {
        Readables++;
        Readable?.Invoke(this, ending);
    }

    protected internal override void OnWritable()
    {
    }

    protected override void OnClosed() => Closings++;
}
