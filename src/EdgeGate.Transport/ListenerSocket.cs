using System.Net;
using EdgeGate.Native;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport.Admission;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Transport;

/// <summary>
/// The socket of a configured listener, whatever comes through it: connections that are accepted, or datagrams that
/// belong to flows. It lives on one loop from when it is served, and outlives its settings.
/// </summary>
public abstract class ListenerSocket : LoopSocket
{
    private readonly EventLoopGroup _loops;
    private readonly TransportMetrics _metrics;
    private volatile ListenerOptions _options; // changed on the loop; metrics read the name from elsewhere
    private volatile ListenerStats _stats;
    private volatile SocketGrants _granted = new(null, null, null);
    private long? _lastShortageLog;

    /// <summary>Takes a bound socket over and chooses its loop.</summary>
    protected ListenerSocket(OwnedDescriptor descriptor, ListenerOptions options, TransportServices services)
        : base(descriptor.Release())
    {
        _options = options;
        _loops = services.Loops;
        _metrics = services.Metrics;
        Home = _loops.NextForListener();
        Gate = services.Gate;
        Log = services.ListenerLog;
        _stats = StatsOf(options);
        EndPoint = SocketFactory.LocalAddress(Descriptor) ?? options.EndPoint; // a Unix socket has no other
    }

    /// <inheritdoc/>
    /// <remarks>With a service manager, or with the process that takes over from this one.</remarks>
    protected sealed override bool MayBeShared => true;

    /// <summary>Where it really listens, with the port that the kernel chose.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>The listener's name.</summary>
    public string Name => _options.Name;

    /// <summary>The counters of its name and protocol.</summary>
    public ListenerStats Stats => _stats;

    /// <summary>What the kernel really gave of what the options ask for.</summary>
    public SocketGrants Granted => _granted;

    /// <summary>Whether nobody new gets in any more; those who are in may still be served.</summary>
    public virtual bool HasStopped => IsClosed;

    /// <summary>How it listens now.</summary>
    protected ListenerOptions Options => _options;

    /// <summary>The loop that it lives on, or will.</summary>
    protected EventLoop Home { get; }

    /// <summary>Who is let in.</summary>
    protected AdmissionGate Gate { get; }

    /// <summary>Where it logs.</summary>
    protected ILogger Log { get; }

    internal EventLoopGroup Loops => _loops;

    internal TransportMetrics Metrics => _metrics;

    /// <summary>Lets nobody new in; those who are in go on.</summary>
    public abstract Task StopAsync();

    /// <summary>
    /// Takes a stop back, from any thread, where the socket is still open for the sake of those who are in.
    /// </summary>
    /// <returns>Whether it is open and stays so until it is stopped again.</returns>
    public virtual bool TryResume() => false;

    /// <summary>
    /// Descriptors of the same sockets for a process that is to serve them beside or after this one; none of a socket that
    /// is closed. From any thread.
    /// </summary>
    /// <exception cref="SysException">There is no descriptor left.</exception>
    public virtual async Task<IReadOnlyList<OwnedDescriptor>> DuplicateAsync() =>
        await DuplicateOneAsync().ConfigureAwait(false) is { } copy ? [copy] : [];

    /// <summary>
    /// Another process serves the socket from now on: nothing more is taken from it, and what it leaves in the file system
    /// is the other's. Those who are in are served on until <see cref="StopAsync()"/> and beyond.
    /// </summary>
    public abstract Task HandOverAsync();

    /// <summary>A descriptor of this socket alone; null of one that is closed.</summary>
    protected Task<OwnedDescriptor?> DuplicateOneAsync()
    {
        var copied = new TaskCompletionSource<OwnedDescriptor?>(TaskCreationOptions.RunContinuationsAsynchronously);
        Home.Post(
            _ =>
            {
                try
                {
                    copied.SetResult(IsClosed ? null : SocketFactory.Duplicate(Descriptor));
                }
                catch (SysException e)
                {
                    copied.SetException(e);
                }
            },
            null);
        return copied.Task;
    }

    /// <summary>
    /// A connection of this listener found no descriptor for its upstream: accepting more would only add to those who
    /// wait for one. From any loop.
    /// </summary>
    public virtual void ReportShortage()
    {
    }

    /// <summary>Lets a connection in by the source that a PROXY header told, on the connection's loop; counts it if not.</summary>
    internal bool AdmitProxied(IPAddress source, AdmissionLease lease, TrafficCell cell)
    {
        RejectReason? reason = _options.Sources.Admit(source, lease);
        if (reason is { } why)
        {
            cell.AddRejected(why);
        }

        return reason is null;
    }

    /// <inheritdoc/>
    protected override void OnAttachFailed(Errno error) => ListenerLog.CannotPoll(Log, Name, error.ToString());

    /// <summary>Takes other settings, on the loop.</summary>
    protected void Adopt(ListenerOptions options)
    {
        _stats = StatsOf(options);
        _options = options;
    }

    /// <summary>Why the gate gave no lease just now.</summary>
    protected RejectReason NoRoom => Gate.Mode == AdmissionMode.Open ? RejectReason.Limit : RejectReason.Overload;

    /// <summary>Reads back what the kernel gave, and tells once what it cut down.</summary>
    protected void ReadBack(ListenerOptions options)
    {
        SocketGrants before = _granted;
        _granted = SocketGrants.Read(Descriptor, options);
        if (_granted == before)
        {
            return; // told already
        }

        foreach (var (what, wanted, given, setting) in _granted.Cuts(options))
        {
            ListenerLog.CutDown(Log, Name, EndPoint, what, wanted, given, setting);
        }
    }

    /// <summary>Counts one that was not let in, on the loop.</summary>
    protected void CountRejected(RejectReason reason) => Stats.For(Loop).AddRejected(reason);

    /// <summary>Counts, and tells once a second, that there was no descriptor, or no memory, for one more.</summary>
    protected void CountShortage(Errno error)
    {
        if (_lastShortageLog is not { } last || Loop.Now - last >= 1000)
        {
            _lastShortageLog = Loop.Now;
            ListenerLog.AcceptShortage(Log, Name, error.ToString(), Stats.Sum(c => c.Active));
        }

        _metrics.CountShortage();
    }

    /// <summary>Has a connection live on a loop, and that loop count it as its own.</summary>
    protected static void Assign(AcceptedConnection connection, EventLoop target)
    {
        target.ConnectionAssigned();
        connection.LoopAssigned = target;
        if (target.IsCurrent)
        {
            connection.Attach(target);
            return;
        }

        target.Post(
            static state =>
            {
                var connection = (AcceptedConnection)state!;
                connection.Attach(connection.LoopAssigned!);
            },
            connection);
    }

    internal void RecordClosed(ListenerStats stats, TimeSpan age, AcceptedConnection connection)
    {
        _metrics.RecordClosed(stats, age);
        _metrics.ConnectionEnded?.Invoke(connection);
    }

    internal void RecordRoundTrip(ListenerStats stats, TimeSpan roundTripTime) =>
        _metrics.RecordRoundTrip(stats, roundTripTime);

    private ListenerStats StatsOf(ListenerOptions options) =>
        _metrics.StatsOf(options.Name, options.Protocol, _loops.Loops.Count);
}
