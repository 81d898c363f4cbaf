namespace EdgeGate.Transport.Kestrel;

/// <content>What is known of the requests, and the end between two of them.</content>
internal sealed partial class KestrelConnection
{
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
