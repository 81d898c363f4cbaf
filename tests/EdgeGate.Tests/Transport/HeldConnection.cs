using EdgeGate.Native;
using EdgeGate.Native.Sockets;
using EdgeGate.Tests.Sockets;
using EdgeGate.Transport;

namespace EdgeGate.Tests.Transport;

/// <summary>A connection that reads until its client goes.</summary>
internal sealed class HeldConnection(in AcceptedSocket socket, HoldLane lane) : AcceptedConnection(socket)
{
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task Closed => _closed.Task.WaitAsync(TestTime.Limit, TestContext.Current.CancellationToken);

    protected override string State => "held";

    protected override object? DestinationAddress => "nowhere";

    protected override void OnAttached()
    {
        base.OnAttached();
        lane.Report(this);
    }

    protected internal override void OnReadable(bool ending)
    {
        SysResult result;
        while (!(result = SocketIO.Receive(Descriptor, Loop.ReadBuffer)).Failed && result.Value > 0)
        {
            CountReceived(result.Value);
        }

        if (!result.WouldBlock)
        {
            SetReason(CloseReason.Client);
            Close(reset: false);
        }
    }

    protected internal override void OnWritable()
    {
    }

    protected override void OnClosed()
    {
        base.OnClosed();
        _closed.SetResult();
    }
}
