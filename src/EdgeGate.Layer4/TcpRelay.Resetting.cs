using EdgeGate.Native.Sockets;
using EdgeGate.Transport;

namespace EdgeGate.Layer4;

/// <content>A reset of one side, passed on to the other when that has what was sent before.</content>
internal sealed partial class TcpRelay
{
    private const int DeliveryChecks = 64; // of one timer tick each, so about a second

    private int _deliveryChecks;

    /// <summary>
    /// One side is gone by a reset, so the other shall be reset too; but a reset throws away what the kernel has not
    /// delivered, so it waits (bounded) until the other side has acknowledged what was sent to it before.
    /// </summary>
    private void BeginReset(CloseReason reason)
    {
        SetReason(reason);
        Transition(RelayState.Resetting);
        _up.Break(Loop);
        _down.Break(Loop);
        ResetWhenDelivered();
    }

    private void ResetWhenDelivered()
    {
        Descriptor survivor = Reason == CloseReason.Client ? _upstream!.Descriptor : Descriptor;
        bool delivered = !TcpInfo.TryRead(survivor, out TcpInfo info) ||
            (info.Unacknowledged == 0 && info.NotSentBytes == 0);
        if (delivered || ++_deliveryChecks > DeliveryChecks)
        {
            Finish(Reason, reset: true);
        }
        else
        {
            Loop.Arm(_timer, TimeSpan.FromMilliseconds(1)); // the wheel makes it one tick
        }
    }
}
