using System.Net;
using EdgeGate.Native;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport.Admission;

namespace EdgeGate.Transport;

/// <content>What becomes of one connection: it is handed over, or refused.</content>
public sealed partial class Listener
{
    /// <summary>Accepts one connection, with the lease for it; false when there is none, or none can be had now.</summary>
    private bool AcceptOne(AdmissionLease? lease)
    {
        SysResult result = SocketIO.Accept(Descriptor, out IPEndPoint? remote);
        if (result.Failed)
        {
            if (result.WouldBlock || IsOfOneConnection(result.Error))
            {
                lease?.Dispose();
                return !result.WouldBlock;
            }

            OnShortage(result.Error, lease);
            return false;
        }

        var descriptor = new Descriptor(result.Value);
        if (lease is null)
        {
            Refuse(descriptor, NoRoom);
            return true;
        }

        if (!Options.HasProxyHeader && Options.Sources.Admit(remote?.Address, lease) is { } reason)
        {
            lease.Dispose();
            Refuse(descriptor, reason);
            return true;
        }

        HandOver(_lane!.CreateConnection(new AcceptedSocket(descriptor, remote, lease, this)));
        return true;
    }

    private void HandOver(AcceptedConnection connection)
    {
        if (connection.IsClosed)
        {
            return; // its lane did not want it
        }

        Assign(connection, Loops.LeastLoaded(Loop));
    }

    private void Refuse(Descriptor descriptor, RejectReason reason)
    {
        CountRejected(reason);
        ReadOnlySpan<byte> refusal = _lane!.Refusal;
        if (reason is RejectReason.Descriptors or RejectReason.Denied || refusal.IsEmpty || SocketIO.Send(descriptor, refusal).Failed)
        {
            SocketIO.CloseWithReset(descriptor);
            return;
        }

        SocketIO.ShutdownWrite(descriptor);
        if (_refused == MaxRefused)
        {
            SocketIO.Close(descriptor);
            return;
        }

        _refused++;
        new RefusedSocket(descriptor, _refusedClosed).Attach(Loop);
    }
}
