using EdgeGate.Logging;
using EdgeGate.Transport.Kestrel;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeGate.Daemon;

/// <summary>
/// Stands before the features by which a request becomes a WebSocket, to see that it does: of those requests alone that
/// ask for it.
/// </summary>
internal sealed class UpgradeObserver : IHttpUpgradeFeature, IHttpExtendedConnectFeature
{
    private readonly IHttpUpgradeFeature? _upgrade; // HTTP/1.1
    private readonly IHttpExtendedConnectFeature? _connect; // HTTP/2: RFC 8441
    private readonly IRequestActivity _activity;
    private readonly RequestEntry? _entry;

    private UpgradeObserver(
        IHttpUpgradeFeature? upgrade, IHttpExtendedConnectFeature? connect, IRequestActivity activity, RequestEntry? entry)
    {
        _upgrade = upgrade;
        _connect = connect;
        _activity = activity;
        _entry = entry;
    }

    /// <summary>Whether the request has become a WebSocket.</summary>
    public bool HasUpgraded { get; private set; }

    public bool IsUpgradableRequest => _upgrade?.IsUpgradableRequest == true;

    public bool IsExtendedConnect => _connect?.IsExtendedConnect == true;

    public string? Protocol => _connect?.Protocol;

    /// <summary>Observes a request that asks for an upgrade; null if it does not.</summary>
    public static UpgradeObserver? Attach(IFeatureCollection request, IRequestActivity activity, RequestEntry? entry)
    {
        if (request.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade)
        {
            var observer = new UpgradeObserver(upgrade, null, activity, entry);
            request.Set<IHttpUpgradeFeature>(observer);
            return observer;
        }

        if (request.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
        {
            var observer = new UpgradeObserver(null, connect, activity, entry);
            request.Set<IHttpExtendedConnectFeature>(observer);
            return observer;
        }

        return null;
    }

    public async Task<Stream> UpgradeAsync() => Note(await _upgrade!.UpgradeAsync());

    public async ValueTask<Stream> AcceptAsync() => Note(await _connect!.AcceptAsync());

    private Stream Note(Stream stream)
    {
        HasUpgraded = true;
        _activity.Upgraded();
        return _entry is null ? stream : new ByteCounter(stream, _entry);
    }
}
