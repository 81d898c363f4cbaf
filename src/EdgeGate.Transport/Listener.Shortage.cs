using EdgeGate.Native;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport.Admission;

namespace EdgeGate.Transport;

/// <content>What a listener does when the process or the system has no descriptor left.</content>
public sealed partial class Listener
{
    private static readonly TimeSpan DescriptorPause = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    public override void ReportShortage() => Home.Post(
        static state =>
        {
            var listener = (Listener)state!;
            if (!listener.IsClosed && !listener._paused)
            {
                listener.PauseForDescriptors();
            }
        },
        this);

    /// <summary>There is no descriptor, or no memory, for what waits in the queue.</summary>
    private void OnShortage(Errno error, AdmissionLease? lease)
    {
        CountShortage(error);
        if (error.IsDescriptorShortage && Options.WhenFull == WhenFull.Reject)
        {
            RefuseWithReserve();
        }

        // Kept, because returned it would wake whoever waits for a release: this listener itself, or another that finds
        // no descriptor either and wakes this one in turn, for ever.
        _kept = lease;
        PauseForDescriptors();
        Gate.NotifyOnRelease(_resume);
    }

    // Level-triggered and left armed, the listener would be reported for ever.
    private void PauseForDescriptors()
    {
        Pause();
        Loop.Arm(_pauseTimer, DescriptorPause);
    }

    /// <summary>
    /// Whether an error was waiting on the connection that would have been accepted: accept(2) lists these, and asks
    /// for the next one to be tried. All others (a shortage, a socket that no longer listens) would come again at once.
    /// </summary>
    private static bool IsOfOneConnection(Errno error) =>
        error == Errno.ECONNABORTED || error == Errno.ECONNRESET || error == Errno.EPERM || error == Errno.EPROTO
        || error == Errno.EOPNOTSUPP || error == Errno.ENOPROTOOPT || error == Errno.ENETDOWN
        || error == Errno.ENETUNREACH || error == Errno.EHOSTDOWN || error == Errno.EHOSTUNREACH
        || error == Errno.ETIMEDOUT;

    /// <summary>Gives up the reserve descriptor for as long as it takes to refuse what waits.</summary>
    private void RefuseWithReserve()
    {
        _reserve?.Dispose();
        _reserve = null;
        for (int i = 0; i < AcceptsPerTurn; i++)
        {
            SysResult result = SocketIO.Accept(Descriptor, out _);
            if (result.Failed)
            {
                break;
            }

            Refuse(new Descriptor(result.Value), RejectReason.Descriptors);
        }

        ReopenReserve();
    }

    /// <summary>Takes the reserve back; where somebody else was quicker, the next attempt is made on resuming.</summary>
    private void ReopenReserve()
    {
        try
        {
            _reserve ??= SocketFactory.OpenReserve();
        }
        catch (SysException)
        {
            // Without a reserve, a shortage is simply waited out.
        }
    }
}
