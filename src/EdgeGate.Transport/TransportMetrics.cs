using System.Diagnostics.Metrics;

namespace EdgeGate.Transport;

/// <summary>
/// The instruments of the meter <c>EdgeGate</c> that describe connections. Counters are read from the listeners' cells
/// when somebody scrapes; only the histograms cost something, at samples and at the end of a connection.
/// </summary>
public sealed class TransportMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "EdgeGate";

    private static readonly double[] DurationBuckets =
        [0.001, 0.01, 0.1, 1, 10, 60, 300, 1800, 3600, 4 * 3600, 24 * 3600];

    private static readonly double[] RttBuckets =
        [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

    private readonly Lock _lock = new();
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _rtt;
    private volatile Listener[] _listeners = [];
    private volatile ListenerStats[] _stats = [];
    private long _shortages;

    /// <summary>Creates the instruments.</summary>
    public TransportMetrics(IMeterFactory factory)
    {
        Meter = factory.Create(MeterName);
        Meter.CreateObservableUpDownCounter("edgegate.connections.active", () => PerListener(static c => c.Active),
            description: "Connections that are open.");
        Meter.CreateObservableCounter("edgegate.connections.accepted", () => PerListener(static c => c.Accepted),
            description: "Connections accepted.");
        Meter.CreateObservableCounter("edgegate.connections.rejected", Rejected,
            description: "Connections refused before they were admitted.");
        Meter.CreateObservableCounter("edgegate.connections.closed", Closed,
            description: "Connections that ended, by the first reason to close.");
        Meter.CreateObservableCounter("edgegate.connection.received", () => PerSide(c => c.ClientReceived, c => c.UpstreamReceived),
            unit: "By", description: "Bytes received from clients and from upstreams.");
        Meter.CreateObservableCounter("edgegate.connection.sent", () => PerSide(c => c.ClientSent, c => c.UpstreamSent),
            unit: "By", description: "Bytes sent to clients and to upstreams.");
        Meter.CreateObservableCounter("edgegate.datagrams.dropped", Dropped,
            description: "UDP datagrams that were not passed on.");
        Meter.CreateObservableCounter("edgegate.connection.retransmits", Retransmits,
            description: "TCP segments sent again to clients.");
        Meter.CreateObservableGauge("edgegate.listener.queue", Queues,
            description: "Connections that wait in the kernel's accept queue.");
        Meter.CreateObservableCounter("edgegate.accept.shortages", () => Shortages,
            description: "Times that accepting paused because descriptors or memory ran out.");
        _duration = Meter.CreateHistogram("edgegate.connection.duration", "s", "How long connections lasted.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = DurationBuckets });
        _rtt = Meter.CreateHistogram("edgegate.connection.rtt", "s", "Smoothed round-trip time of clients, whenever it is looked at: at most each second, and at the end.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = RttBuckets });
    }

    /// <summary>The meter, for the instruments of other parts.</summary>
    public Meter Meter { get; }

    /// <summary>The listeners that are counted.</summary>
    public IReadOnlyList<Listener> Listeners => _listeners;

    /// <summary>
    /// Told of every connection at its end, on its loop, with all that was counted of it; set before there are any.
    /// </summary>
    public Action<AcceptedConnection>? ConnectionEnded { get; set; }

    internal long Shortages => Volatile.Read(ref _shortages);

    internal void Add(Listener listener)
    {
        lock (_lock)
        {
            _listeners = [.. _listeners, listener];
        }
    }

    internal void Remove(Listener listener)
    {
        lock (_lock)
        {
            _listeners = [.. _listeners.Where(other => other != listener)];
        }
    }

    /// <summary>
    /// The counters of a listener's name and protocol. All its sockets share them (localhost has two), and they outlive
    /// it: a counter that a reload took back would look like a restart, and its connections are still counted.
    /// </summary>
    internal ListenerStats StatsOf(string listener, string protocol, int loops)
    {
        lock (_lock)
        {
            ListenerStats? known = Array.Find(_stats, s => s.Listener == listener && s.Protocol == protocol);
            if (known is null)
            {
                known = new ListenerStats(listener, protocol, loops);
                _stats = [.. _stats, known];
            }

            return known;
        }
    }

    // Listeners on different loops may run short at once.
    internal void CountShortage() => Interlocked.Increment(ref _shortages);

    internal void RecordClosed(ListenerStats stats, TimeSpan age)
    {
        if (_duration.Enabled)
        {
            _duration.Record(age.TotalSeconds, ListenerTag(stats), ProtocolTag(stats));
        }
    }

    internal void RecordRoundTrip(ListenerStats stats, TimeSpan roundTripTime)
    {
        if (_rtt.Enabled)
        {
            _rtt.Record(roundTripTime.TotalSeconds, ListenerTag(stats));
        }
    }

    private static KeyValuePair<string, object?> ListenerTag(ListenerStats stats) => new("listener", stats.Listener);

    private static KeyValuePair<string, object?> ProtocolTag(ListenerStats stats) => new("protocol", stats.Protocol);

    private IEnumerable<Measurement<long>> PerListener(Func<TrafficCell, long> counter) => PerListener(_stats, counter);

    private static IEnumerable<Measurement<long>> PerListener(
        IEnumerable<ListenerStats> all, Func<TrafficCell, long> counter, params KeyValuePair<string, object?>[] tags) =>
        all.Select(stats => new Measurement<long>(stats.Sum(counter), [ListenerTag(stats), ProtocolTag(stats), .. tags]));

    // A name whose protocol changed has counters of both, and a series must not come twice.
    private IEnumerable<Measurement<long>> PerName(Func<TrafficCell, long> counter, params KeyValuePair<string, object?>[] tags) =>
        from stats in _stats
        group stats by stats.Listener into protocols
        select new Measurement<long>(
            protocols.Sum(stats => stats.Sum(counter)), [new("listener", protocols.Key), .. tags]);

    private IEnumerable<Measurement<long>> Rejected() =>
        Enum.GetValues<RejectReason>().SelectMany(reason =>
            PerName(c => c.Rejected(reason), ReasonTag(reason)));

    private IEnumerable<Measurement<long>> Closed() =>
        Enum.GetValues<CloseReason>().Where(reason => reason != CloseReason.None).SelectMany(reason =>
            PerName(c => c.Closed(reason), ReasonTag(reason)));

    private IEnumerable<Measurement<long>> Dropped() =>
        Enum.GetValues<DropReason>().SelectMany(reason =>
            PerName(c => c.Dropped(reason), ReasonTag(reason)));

    private IEnumerable<Measurement<long>> Retransmits() => PerName(c => c.Retransmits);

    private IEnumerable<Measurement<long>> Queues() =>
        from listener in _listeners
        group listener by listener.Name into sockets
        select new Measurement<long>(
            sockets.Sum(listener => listener.QueueLength), new KeyValuePair<string, object?>("listener", sockets.Key));

    private IEnumerable<Measurement<long>> PerSide(Func<TrafficCell, long> client, Func<TrafficCell, long> upstream) =>
        PerListener(_stats, client, new KeyValuePair<string, object?>("side", "client")).Concat(PerListener(
            _stats.Where(s => s.CountsUpstream), upstream, new KeyValuePair<string, object?>("side", "upstream")));

    private static KeyValuePair<string, object?> ReasonTag<T>(T reason)
        where T : struct, Enum => new("reason", reason.ToString().ToLowerInvariant());
}
