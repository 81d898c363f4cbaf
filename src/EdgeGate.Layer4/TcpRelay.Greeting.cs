using System.Buffers;
using System.Net;
using System.Text;
using EdgeGate.Layer4.Tls;
using EdgeGate.Layer4.Upstreams;
using EdgeGate.Native;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport;
using EdgeGate.Transport.ProxyProtocol;

namespace EdgeGate.Layer4;

/// <content>
/// Before a cluster is chosen: a proxy's header, then the client's hello, as the lane wants them. One deadline holds for
/// both together. What was read and is the client's own goes upstream unchanged.
/// </content>
internal sealed partial class TcpRelay
{
    // A header and a hello at their longest: what is read before a decision never gets longer.
    private const int MaxGreetingBytes = ProxyHeader.MaxBytes + ClientHello.MaxWireBytes;

    private ProxyHeaderReader? _proxyHeader; // until the header is complete; null where there is to be none
    private UpstreamCluster? _cluster;
    private string? _serverName; // what TLS was routed by

    private void BeginGreeting()
    {
        if (_lane.Options.GreetingTimeout > TimeSpan.Zero)
        {
            Loop.Arm(_timer, _lane.Options.GreetingTimeout);
        }
    }

    private void ReadGreeting(bool ending)
    {
        bool readable = true;
        while (readable && _state == RelayState.Greeting)
        {
            Span<byte> room = Loop.ReadBuffer.AsSpan(0, MaxGreetingBytes - _up.Kept.Length);
            SysResult received = SocketIO.Receive(Descriptor, room);
            if (received.Failed)
            {
                if (!received.WouldBlock)
                {
                    Finish(CloseReason.Client, reset: true);
                }

                return;
            }

            if (received.Value == 0)
            {
                Finish(CloseReason.Client, reset: false); // it left in the middle of its greeting
                return;
            }

            readable = ending || received.Value == room.Length;
            CountReceived(received.Value);
            OnGreeting(room[..received.Value]);
        }
    }

    private void OnGreeting(ReadOnlySpan<byte> bytes)
    {
        OperationStatus status = _proxyHeader is null ? OperationStatus.Done : TakeProxyHeader(ref bytes);
        if (status == OperationStatus.Done)
        {
            _up.Keep(Loop, bytes);
            status = ChooseCluster();
        }

        if (status == OperationStatus.InvalidData)
        {
            Finish(CloseReason.Error, reset: true);
        }
        else if (status == OperationStatus.Done)
        {
            Loop.Disarm(_timer);
            Transition(RelayState.Connecting);
            Dial();
        }
    }

    private OperationStatus TakeProxyHeader(scoped ref ReadOnlySpan<byte> bytes)
    {
        OperationStatus status = _proxyHeader!.Read(Loop.Buffers, ref bytes, out ProxyHeader header);
        if (status == OperationStatus.Done)
        {
            _proxyHeader = null;
            if (!TakeAddresses(header))
            {
                SetReason(CloseReason.Limit);
                return OperationStatus.InvalidData;
            }
        }
        else if (status == OperationStatus.InvalidData)
        {
            RelayLog.BadGreeting(_lane.Log, Id, $"{Remote}", "a PROXY header");
        }

        return status;
    }

    private OperationStatus ChooseCluster()
    {
        if (_lane.Routes is null)
        {
            _cluster = _lane.Cluster;
            return OperationStatus.Done;
        }

        byte[] scratch = Loop.Buffers.Rent(ClientHello.MaxMessageBytes);
        OperationStatus status = ClientHello.Read(_up.Kept, scratch, out ClientHello hello);
        if (status == OperationStatus.Done)
        {
            _cluster = _lane.ClusterFor(hello);
            _serverName = hello.ServerName.IsEmpty ? null : Encoding.ASCII.GetString(hello.ServerName);
            if (_cluster is null)
            {
                RelayLog.NoRoute(_lane.Log, Id, _serverName ?? "");
                status = OperationStatus.InvalidData;
            }
        }
        else if (status == OperationStatus.InvalidData)
        {
            RelayLog.BadGreeting(_lane.Log, Id, $"{Remote}", "the hello of TLS");
        }

        Loop.Buffers.Return(scratch);
        return status;
    }

    /// <summary>Puts the header that the cluster wants before all that the client has sent.</summary>
    private void AddProxyHeader()
    {
        if (_cluster!.Settings.SendProxyProtocol is not ProxyProtocolVersion.None and var version)
        {
            Span<byte> header = stackalloc byte[ProxyHeaderWriter.MaxBytes];
            int length = ProxyHeaderWriter.Write(version, Remote, LocalAddress() as IPEndPoint, header);
            _up.KeepBefore(Loop, header[..length]);
        }
    }

    private void DiscardGreeting()
    {
        if (_proxyHeader is { IsHolding: true } header)
        {
            header.Discard(Loop.Buffers);
        }
    }
}
