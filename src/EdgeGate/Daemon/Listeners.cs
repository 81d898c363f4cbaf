using System.Net;
using EdgeGate.Configuration;
using EdgeGate.Daemon.Inherited;
using EdgeGate.Http;
using EdgeGate.Limits;
using EdgeGate.Native.Sockets;
using EdgeGate.Takeover;
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
/// <param name="inherited">The sockets that are bound already.</param>
/// <param name="plan">What the machine holds.</param>
internal sealed class Listeners(
    TransportServices transport, Layer4Lanes layer4, HttpServer http, InheritedSockets inherited, Func<CapacityPlan> plan)
{
    private readonly Dictionary<string, ListenerQuota> _quotas = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, SourceGate> _sources = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<BoundSocket> _stopped = []; // of datagrams: open for the sake of the flows that are left
    private volatile IReadOnlyList<ServedListener> _served = []; // replaced whole; the admin address reads it, too

    /// <summary>The listeners as they are served now.</summary>
    public IReadOnlyList<ServedListener> Served => _served;

    /// <summary>The listeners with their real addresses, for people.</summary>
    public string Describe() => string.Join(", ", _served
        .SelectMany(l => l.Sockets.Select(s => $"{l.Config.Name} ({Text(l.Config.Protocol)}) on {s.Socket.EndPoint}"))
        .Order());

    /// <summary>
    /// Lets sockets that are about to close do so: until then, their addresses can neither be bound nor be resumed.
    /// </summary>
    public Task SettleAsync() => Task.WhenAll(
        _stopped.Where(s => s.Socket.HasStopped).Select(s => s.Socket.StopAsync()));

    /// <summary>
    /// Binds the addresses that are not bound yet and makes what is to serve them. Connections wait in the kernel's
    /// queue until it does; those who are served notice nothing.
    /// </summary>
    /// <exception cref="IOException">An address cannot be bound, or a certificate not be used; nothing has changed.</exception>
    public IReadOnlyList<ServedListener> Prepare(GatewayConfig config)
    {
        var known = _served.SelectMany(listener => listener.Sockets).ToList();
        var bound = new List<ListenerSocket>();
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
    public async Task ServeAsync(IReadOnlyList<ServedListener> prepared, Action<ListenerConfig, IReadOnlyList<ListenerSocket>> drain)
    {
        foreach (ServedListener listener in prepared)
        {
            transport.Gate.Resize(QuotaOf(listener.Config), MaximumOf(listener.Config));
            SourcesOf(listener.Config).Rules = TransportOptions.RulesOf(listener.Config.Settings);
            foreach (BoundSocket socket in listener.Sockets)
            {
                Serve(listener, socket);
            }
        }

        IReadOnlyList<ServedListener> before = _served;
        _served = prepared;
        HttpListener?[] serving = [.. prepared.Select(listener => listener.Http)];
        HashSet<BoundSocket> sockets = [.. prepared.SelectMany(listener => listener.Sockets)];
        foreach (ServedListener listener in before)
        {
            if (listener.Http is { } retired && !serving.Contains(retired))
            {
                _ = http.RetireAsync(retired); // ends with its last connection
            }

            BoundSocket[] gone = [.. listener.Sockets.Where(s => !sockets.Contains(s))];
            await Task.WhenAll(gone.Select(s => s.Socket.StopAsync()));
            if (gone.Length > 0)
            {
                _stopped.AddRange(gone.Except(_stopped));
                drain(listener.Config, [.. gone.Select(s => s.Socket)]);
            }
        }
    }

    /// <summary>Admits by the plan that holds now; connections that exist go on.</summary>
    public void Adopt()
    {
        foreach (ServedListener listener in _served)
        {
            transport.Gate.Resize(QuotaOf(listener.Config), MaximumOf(listener.Config));
        }
    }

    /// <summary>Reads the certificates again; those that cannot be used stay as they were, and are told.</summary>
    public IEnumerable<string> ReloadCertificates() =>
        _served.SelectMany(listener => listener.Http?.ReloadCertificates() ?? []);

    /// <summary>The certificates that clients are shown, with the listeners that show them.</summary>
    public IEnumerable<(string Listener, ServedCertificate Certificate)> Certificates() =>
        from listener in _served
        from certificate in listener.Http?.Certificates ?? []
        select (listener.Config.Name, certificate);

    /// <summary>Stops accepting; connections that exist go on.</summary>
    public Task StopAsync() => Task.WhenAll(_served.SelectMany(l => l.Sockets).Select(s => s.Socket.StopAsync()));

    /// <summary>Descriptors of every socket, for the process that takes over, and what it is to know of each.</summary>
    public async Task<IReadOnlyList<(TakeoverMessage Message, OwnedDescriptor Descriptor)>> CopySocketsAsync()
    {
        var copies = new List<(TakeoverMessage, OwnedDescriptor)>();
        foreach (BoundSocket socket in _served.SelectMany(listener => listener.Sockets))
        {
            var message = new TakeoverMessage
            {
                Kind = TakeoverMessage.Socket,
                Listener = socket.Name,
                Name = (socket.Wanted as SystemdEndPoint)?.Name,
                Place = TakeoverMessage.PlaceOf(socket.Wanted),
            };
            copies.AddRange((await socket.Socket.DuplicateAsync()).Select(copy => (message, copy)));
        }

        return copies;
    }

    /// <summary>Leaves every socket to the process that has taken over; connections that exist go on.</summary>
    public Task HandOverAsync() => Task.WhenAll(
        _served.SelectMany(listener => listener.Sockets).Select(socket => socket.Socket.HandOverAsync()));

    private void Serve(ServedListener listener, BoundSocket socket)
    {
        ListenerOptions options = OptionsOf(listener.Config, socket.Wanted);
        if (listener.Http is null)
        {
            layer4.Serve(listener.Config, socket.Socket, options);
        }
        else
        {
            socket.Listener.Serve(lane: null, options); // Kestrel's lane has taken it over already
        }
    }

    private static string Text(ListenerProtocol protocol) => protocol.ToString().ToLowerInvariant();

    private HttpListener[] NewHttp(IEnumerable<ServedListener> prepared) =>
        [.. prepared.Select(l => l.Http).OfType<HttpListener>().Except(_served.Select(l => l.Http).OfType<HttpListener>())];

    private ServedListener Prepare(ListenerConfig config, List<BoundSocket> known, List<ListenerSocket> bound)
    {
        var sockets = new List<BoundSocket>();
        foreach (EndPoint wanted in inherited.PlacesOf(config))
        {
            BoundSocket? socket = known.Find(s => s.Is(config, wanted));
            if (socket is null)
            {
                socket = Resume(config, wanted) ?? new BoundSocket(config.Name, wanted, Open(config, wanted));
                bound.Add(socket.Socket);
            }

            known.Remove(socket);
            sockets.Add(socket);
        }

        return new ServedListener(config, sockets, HttpListener.Serves(config) ? HttpOf(config, sockets) : null);
    }

    private ListenerSocket Open(ListenerConfig config, EndPoint wanted)
    {
        ListenerOptions options = OptionsOf(config, wanted);
        return inherited.Claim(config, wanted) is { Count: > 0 } sockets
            ? layer4.Adopt(config, options, sockets)
            : layer4.Bind(config, options);
    }

    /// <summary>The socket of a listener that was taken away and comes back before its last flow has ended.</summary>
    private BoundSocket? Resume(ListenerConfig config, EndPoint wanted)
    {
        _stopped.RemoveAll(s => s.Socket.IsClosed);
        return _stopped.Find(s => s.Is(config, wanted) && s.Socket.TryResume());
    }

    private HttpListener HttpOf(ListenerConfig config, IReadOnlyList<BoundSocket> sockets)
    {
        HttpListener? serving = _served.Select(l => l.Http)
            .FirstOrDefault(h => h?.Fits(config, sockets.Select(s => s.Listener)) == true);
        return serving
            ?? http.Create(config, [.. sockets.Select(s => (s.Listener, OptionsOf(config, s.Wanted)))]);
    }

    private ListenerOptions OptionsOf(ListenerConfig config, EndPoint wanted) =>
        TransportOptions.Of(
            config, wanted is SystemdEndPoint inherited ? inherited.Address : wanted, QuotaOf(config), SourcesOf(config));

    // A listener's share follows its name, so that what it has admitted counts on after a change.
    private ListenerQuota QuotaOf(ListenerConfig config)
    {
        if (!_quotas.TryGetValue(config.Name, out ListenerQuota? quota))
        {
            _quotas[config.Name] = quota = new ListenerQuota(MaximumOf(config));
        }

        return quota;
    }

    private SourceGate SourcesOf(ListenerConfig config)
    {
        if (!_sources.TryGetValue(config.Name, out SourceGate? sources))
        {
            _sources[config.Name] = sources = new SourceGate(TransportOptions.RulesOf(config.Settings));
        }

        return sources;
    }

    // The plan knows what the ports to the listener's upstreams hold. Of a listener that has just come it knows nothing yet.
    private long MaximumOf(ListenerConfig config) => Math.Min(
        config.Settings.MaxConnections ?? long.MaxValue,
        plan().Listeners.FirstOrDefault(l => l.Listener == config.Name)?.MaxConnections ?? long.MaxValue);
}
