using System.Security.Authentication;

namespace EdgeGate.Transport.Kestrel;

/// <content>What is known of the requests, and the end between two of them.</content>
internal sealed partial class KestrelConnection
{
    protected override string State => _state switch
    {
        KestrelConnectionState.Silent => "silent",
        KestrelConnectionState.Lingering => "lingering",
        KestrelConnectionState.Closed => "closed",
        _ when IsUpgraded => "websocket",
        _ when Requests > 0 && RequestsInFlight == 0 => "idle",
        _ => "open",
    };

    protected override object? DestinationAddress => _context?.Destination;

    // Kestrel's requests share the upstream connections.
    protected override bool HasOwnUpstream => false;

    public override bool HasRequests => true;

    protected override SslProtocols TlsVersion => _context?.TlsVersion ?? SslProtocols.None;

    protected override string? ServerName => _context?.ServerName;

    public override int RequestsInFlight => _context?.RequestsInFlight ?? 0;

    public override long Requests => _context?.Requests ?? 0;

    public override string? ApplicationProtocol => _context?.HttpVersion;

    public override bool IsUpgraded => _context?.UpgradesInFlight > 0;

    public override bool IsIdleKeepAlive =>
        _state == KestrelConnectionState.Open && !_inputEnded && Reason == CloseReason.None && RequestsInFlight == 0;

    public override long IdleSince => _context is { Requests: > 0 } context ? context.IdleSince : LastActivity;

    /// <summary>
    /// Kestrel ends an HTTP/1.1 connection between two requests, and tells an HTTP/2 client by GOAWAY. A request that is
    /// on its way here meanwhile is as lost as by any keep-alive time-out: RFC 9112, section 9.5.
    /// </summary>
    public override bool RequestClose(CloseReason reason)
    {
        switch (_state)
        {
            case KestrelConnectionState.Silent:
                SetReason(reason);
                Close(reset: false);
                return true;
            case KestrelConnectionState.Open when !_inputEnded:
                SetReason(reason);
                _context!.RequestClose();
                return true;
            default:
                return false; // it is ending
        }
    }
}
