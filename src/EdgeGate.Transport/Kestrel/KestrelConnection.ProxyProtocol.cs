using System.Buffers;
using EdgeGate.Transport.ProxyProtocol;

namespace EdgeGate.Transport.Kestrel;

/// <content>
/// The header that a proxy in front puts before the client's first byte. It is read here on the loop, beneath TLS and
/// before Kestrel knows of the connection: one whose header is wrong or late costs no pipe, and Kestrel sees the
/// client's address from the start.
/// </content>
internal sealed partial class KestrelConnection
{
    private ProxyHeaderReader? _proxyHeader; // until the header is complete; null where there is to be none

    /// <summary>Reads the header, and leaves what follows it; false if nothing does, or all is over.</summary>
    private bool TakeProxyHeader(scoped ref ReadOnlySpan<byte> bytes)
    {
        switch (_proxyHeader!.Read(Loop.Buffers, ref bytes, out ProxyHeader header))
        {
            case OperationStatus.Done:
                _proxyHeader = null;
                if (TakeAddresses(header))
                {
                    return !bytes.IsEmpty;
                }

                Abort(CloseReason.Limit);
                return false;
            case OperationStatus.InvalidData:
                ListenerLog.BadProxyHeader(_listener.Log, Id, $"{Remote}");
                Abort(CloseReason.Error);
                return false;
            default:
                return false;
        }
    }
}
