using System.Net;
using EdgeGate.Configuration;
using EdgeGate.Transport;
using EdgeGate.Transport.Admission;

namespace EdgeGate.Daemon;

/// <summary>
/// The sockets that the gateway listens on, and who serves them. A configuration is taken in two steps: what may fail
/// comes first and changes nothing, and what follows cannot fail. A socket whose address stays is never closed, so
/// nobody is refused while its listener changes.
/// </summary>
/// <param name="transport">Loops, gate and metrics.</param>
/// <param name="layer4">Makes the lanes of layer 4.</param>
/// <param name="http">Makes the listeners of layer 7.</param>
internal sealed class Listeners(TransportServices transport, Layer4Lanes layer4, HttpServer http)
{
    private readonly Dictionary<string, ListenerQuota> _quotas = new(StringComparer.OrdinalIgnoreCase);
    private IReadOnlyList<ServedListener> _served = [];

    /// <summary>The listeners with their real addresses, for people.</summary>
    public string Describe() => string.Join(", ", _served
        .SelectMany(l => l.Sockets.Select(s => $"{l.Config.Name} ({Text(l.Config.Protocol)}) on {s.Listener.EndPoint}"))
        .Order());

    /// <summary>
    /// Binds the addresses that are not bound yet and makes what is to serve them. Connections wait in the kernel's
    /// queue until it does; those who are served notice nothing.
    /// </summary>
    /// <exception cref="IOException">An address cannot be bound, or a certificate not be used; nothing has changed.</exception>
    public IReadOnlyList<ServedListener> Prepare(GatewayConfig config)
    {
        var known = _served.SelectMany(listener => listener.Sockets).ToList();
        var bound = new List<Listener>();
        var prepared = new List<ServedListener>();
        try
        {
            foreach (ListenerConfig listener in config.Listeners)
            {
                prepared.Add(Prepare(listener, known, bound));
            }

            return prepared;
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            bound.ForEach(socket => _ = socket.StopAsync());
            Array.ForEach(NewHttp(prepared), listener => _ = listener.DisposeAsync().AsTask());
            throw e as IOException ?? new IOException(e.Message, e);
        }
    }

    /// <summary>Has the listeners of layer 7 served that are new, or no longer what they were.</summary>
    public async Task ServeHttpAsync(IReadOnlyList<ServedListener> prepared)
    {
        foreach (HttpListener listener in NewHttp(prepared))
        {
            await http.AddAsync(listener);
        }
    }

    /// <summary>
    /// Has everything served as prepared. What nobody asks for any more stops accepting; its connections go on until
    /// they end or <paramref name="drain"/> ends them.
    /// </summary>
    /// <param name="prepared">From <see cref="Prepare(GatewayConfig)"/>.</param>
    /// <param name="drain">Called with a listener that has gone and its sockets.</param>
    public async Task ServeAsync(IReadOnlyList<ServedListener> prepared, Action<ListenerConfig, IReadOnlyList<Listener>> drain)
    {
        foreach (ServedListener listener in prepared)
        {
            transport.Gate.Resize(QuotaOf(listener.Config), MaximumOf(listener.Config));
            ILane? lane = listener.Http is null ? layer4.LaneOf(listener.Config) : null;
            foreach (BoundSocket socket in listener.Sockets)
            {
                socket.Listener.Serve(lane, OptionsOf(listener.Config, socket.Wanted));
            }
        }

        IReadOnlyList<ServedListener> before = _served;
        _served = prepared;
        HttpListener?[] serving = [.. prepared.Select(listener => listener.Http)];
        HashSet<Listener> sockets = [.. prepared.SelectMany(listener => listener.Sockets).Select(s => s.Listener)];
        foreach (ServedListener listener in before)
        {
            if (listener.Http is { } retired && !serving.Contains(retired))
            {
                _ = http.RemoveAsync(retired); // ends with its last connection
            }

            Listener[] gone = [.. listener.Sockets.Select(s => s.Listener).Where(s => !sockets.Contains(s))];
            await Task.WhenAll(gone.Select(socket => socket.StopAsync()));
            if (gone.Length > 0)
            {
                drain(listener.Config, gone);
            }
        }
    }

    /// <summary>Reads the certificates again; those that cannot be used stay as they were, and are told.</summary>
    public IEnumerable<string> ReloadCertificates() =>
        _served.SelectMany(listener => listener.Http?.ReloadCertificates() ?? []);

    /// <summary>Stops accepting on layer 4; relays that exist go on. Layer 7 has its own way to stop.</summary>
    public Task StopAsync() => Task.WhenAll(
        _served.Where(l => l.Http is null).SelectMany(l => l.Sockets).Select(s => s.Listener.StopAsync()));

    private static string Text(ListenerProtocol protocol) => protocol.ToString().ToLowerInvariant();

    private HttpListener[] NewHttp(IEnumerable<ServedListener> prepared) =>
        [.. prepared.Select(l => l.Http).OfType<HttpListener>().Except(_served.Select(l => l.Http).OfType<HttpListener>())];

    private ServedListener Prepare(ListenerConfig config, List<BoundSocket> known, List<Listener> bound)
    {
        var sockets = new List<BoundSocket>();
        foreach (EndPoint wanted in config.Bind.Addresses)
        {
            BoundSocket? socket = known.Find(s => s.Is(config.Name, wanted));
            if (socket is null)
            {
                socket = new BoundSocket(config.Name, wanted, Listener.Bind(OptionsOf(config, wanted), transport));
                bound.Add(socket.Listener);
            }

            known.Remove(socket);
            sockets.Add(socket);
        }

        return new ServedListener(config, sockets, HttpListener.Serves(config) ? HttpOf(config, sockets) : null);
    }

    private HttpListener HttpOf(ListenerConfig config, IReadOnlyList<BoundSocket> sockets)
    {
        HttpListener? serving = _served.Select(l => l.Http)
            .FirstOrDefault(h => h?.Fits(config, sockets.Select(s => s.Listener)) == true);
        return serving
            ?? http.Create(config, [.. sockets.Select(s => (s.Listener, OptionsOf(config, s.Wanted)))]);
    }

    private ListenerOptions OptionsOf(ListenerConfig config, EndPoint wanted) =>
        TransportOptions.Of(config, wanted, QuotaOf(config));

    // A listener's share follows its name, so that what it has admitted counts on after a change.
    private ListenerQuota QuotaOf(ListenerConfig config)
    {
        if (!_quotas.TryGetValue(config.Name, out ListenerQuota? quota))
        {
            _quotas[config.Name] = quota = new ListenerQuota(MaximumOf(config));
        }

        return quota;
    }

    private static long MaximumOf(ListenerConfig config) => config.Settings.MaxConnections ?? long.MaxValue;
}
