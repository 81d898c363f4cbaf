using System.Net;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport.Admission;

namespace EdgeGate.Transport;

/// <summary>
/// A connection fresh from accept4(2), or a flow's socket: whoever takes it owns the descriptor and the lease.
/// </summary>
/// <param name="Descriptor">Non-blocking, close-on-exec, on no loop yet.</param>
/// <param name="Remote">The client's address.</param>
/// <param name="Lease">Its admission.</param>
/// <param name="Listener">The listener that it came through.</param>
public readonly record struct AcceptedSocket(
    Descriptor Descriptor, IPEndPoint? Remote, AdmissionLease Lease, ListenerSocket Listener);
