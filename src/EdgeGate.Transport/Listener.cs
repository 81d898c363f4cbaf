using System.Net;
using EdgeGate.Native;
using EdgeGate.Native.Polling;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport.Admission;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Transport;

/// <summary>
/// A listening socket on a loop. It takes a lease first and a connection second, and gives the connection to the loop
/// that has the fewest. It is level-triggered, so what stays in the kernel's queue is reported again.
/// </summary>
/// <remarks>
/// <code>
///   accepting --gate full------> paused --lease returned--> accepting
///   accepting --no descriptor--> paused --lease returned, 100 ms--> accepting
///       '---------- StopAsync ------'----------------------------> closed
/// </code>
/// </remarks>
public sealed partial class Listener : LoopSocket
{
    private const int AcceptsPerTurn = 64;
    private const int MaxRefused = 4; // at once, each with a descriptor of the reserve
    private static readonly TimeSpan QueueSampling = TimeSpan.FromSeconds(1);

    private readonly ListenerOptions _options;
    private readonly EventLoopGroup _loops;
    private readonly EventLoop _home;
    private readonly AdmissionGate _gate;
    private readonly ListenerQuota _quota;
    private readonly ILane _lane;
    private readonly TransportMetrics _metrics;
    private readonly ILogger _log;
    private readonly PauseTimer _pauseTimer;
    private readonly QueueTimer _queueTimer;
    private readonly Action _resume;
    private readonly Action _refusedClosed;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private OwnedDescriptor? _reserve;
    private AdmissionLease? _kept; // of an accept that found no descriptor, for the next attempt
    private int _refused;
    private bool _paused;
    private long _queueLength;

    private sealed class QueueTimer(Listener listener) : LoopTimer
    {
        protected internal override void OnTimer() => listener.SampleQueue();
    }

    private sealed class PauseTimer(Listener listener) : LoopTimer
    {
        protected internal override void OnTimer() => listener.Resume();
    }

    private Listener(
        OwnedDescriptor descriptor,
        OwnedDescriptor reserve,
        ListenerOptions options,
        ILane lane,
        TransportServices services)
        : base(descriptor.Release())
    {
        _options = options;
        _lane = lane;
        _loops = services.Loops;
        _home = _loops.NextForListener();
        _gate = services.Gate;
        _metrics = services.Metrics;
        _log = services.ListenerLog;
        _quota = options.Quota;
        _reserve = reserve;
        _pauseTimer = new PauseTimer(this);
        _queueTimer = new QueueTimer(this);
        _resume = () => _home.Post(static listener => ((Listener)listener!).Resume(), this);
        _refusedClosed = () => _refused--;
        Stats = new ListenerStats(options.Name, options.Protocol, _loops.Loops.Count);
        EndPoint = SocketFactory.LocalAddress(Descriptor) ?? options.EndPoint; // a Unix socket has no other
    }

    /// <summary>Where it really listens, with the port that the kernel chose.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>The listener's name.</summary>
    public string Name => _options.Name;

    /// <summary>Its counters.</summary>
    public ListenerStats Stats { get; }

    /// <inheritdoc/>
    protected override Interest Interest => Interest.Readable;

    /// <summary>Binds and listens; connections wait in the kernel's queue until <see cref="Start"/>.</summary>
    /// <exception cref="SysException">EADDRINUSE, EACCES and the like; the message names the listener.</exception>
    public static Listener Bind(ListenerOptions options, ILane lane, TransportServices services)
    {
        OwnedDescriptor? reserve = null;
        OwnedDescriptor descriptor;
        try
        {
            // First, because once it listens nothing may fail: it would go on listening, and nobody would know.
            reserve = SocketFactory.OpenReserve();
            descriptor = SocketFactory.Listen(
                options.EndPoint, options.Backlog, accepted => Configure(accepted, options), options.SocketMode);
        }
        catch (SysException e)
        {
            reserve?.Dispose();
            throw new SysException($"listener {options.Name}: cannot bind {options.EndPoint}", e.Error);
        }

        var listener = new Listener(descriptor, reserve, options, lane, services);
        services.Metrics.Add(listener);
        return listener;
    }

    /// <summary>Sets what accepted sockets inherit: once on the listener, not once a connection.</summary>
    private static void Configure(Descriptor descriptor, ListenerOptions options)
    {
        SocketOptions.SetNoDelay(descriptor);
        SocketOptions.SetKeepAlive(descriptor);
        SocketOptions.SuppressSigPipe(descriptor);
        if (options.ReceiveBufferBytes is { } receive)
        {
            SocketOptions.SetReceiveBuffer(descriptor, receive);
        }

        if (options.SendBufferBytes is { } send)
        {
            SocketOptions.SetSendBuffer(descriptor, send);
        }
    }

    /// <summary>Begins to accept.</summary>
    public void Start() => _home.Post(
        static state =>
        {
            var listener = (Listener)state!;
            if (!listener.IsClosed)
            {
                listener.Attach(listener._home);
            }
        },
        this);

    /// <summary>Stops accepting and closes the listening socket; connections go on.</summary>
    public Task StopAsync()
    {
        _home.Post(static listener => ((Listener)listener!).Close(reset: false), this);
        return _closed.Task;
    }

    /// <summary>How many connections waited in the accept queue when it was last looked at, each second.</summary>
    public long QueueLength => Volatile.Read(ref _queueLength);

    /// <inheritdoc/>
    protected override void OnAttached() => SampleQueue();

    /// <inheritdoc/>
    protected override void OnAttachFailed(Errno error) => ListenerLog.CannotPoll(_log, Name, error.ToString());

    /// <inheritdoc/>
    protected internal override void OnReadable(bool ending)
    {
        for (int i = 0; i < AcceptsPerTurn && !_paused && !IsClosed; i++)
        {
            bool queues = _options.WhenFull == WhenFull.Queue;
            AdmissionLease? lease = _kept ??
                _gate.TryAcquire(_quota, _lane.DescriptorsPerConnection, queues ? _resume : null);
            _kept = null;
            if (lease is null && queues)
            {
                Pause();
                return;
            }

            if (!AcceptOne(lease))
            {
                return;
            }
        }
    }

    /// <inheritdoc/>
    protected internal override void OnWritable()
    {
        // A listening socket is never writable.
    }

    /// <inheritdoc/>
    protected override void OnClosed()
    {
        _home.Disarm(_pauseTimer);
        _home.Disarm(_queueTimer);
        _gate.StopWaiting(_resume);
        _kept?.Dispose();
        _reserve?.Dispose();
        _closed.TrySetResult();
    }

    internal void RecordClosed(TimeSpan age, TimeSpan? roundTripTime) =>
        _metrics.RecordClosed(Stats, age, roundTripTime);

    /// <summary>Accepts one connection, with the lease for it; false when there is none, or none can be had now.</summary>
    private bool AcceptOne(AdmissionLease? lease)
    {
        SysResult result = SocketIO.Accept(Descriptor, out IPEndPoint? remote);
        if (result.Failed)
        {
            if (result.WouldBlock || IsOfOneConnection(result.Error))
            {
                lease?.Dispose();
                return !result.WouldBlock;
            }

            OnShortage(result.Error, lease);
            return false;
        }

        var descriptor = new Descriptor(result.Value);
        if (lease is null)
        {
            Refuse(descriptor, RejectReason.Limit);
            return true;
        }

        HandOver(_lane.CreateConnection(new AcceptedSocket(descriptor, remote, lease, this)));
        return true;
    }

    private void HandOver(AcceptedConnection connection)
    {
        if (connection.IsClosed)
        {
            return; // its lane did not want it
        }

        EventLoop target = _loops.LeastLoaded(Loop);
        target.ConnectionAssigned();
        connection.LoopAssigned = target;
        if (target == Loop)
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

    private void Refuse(Descriptor descriptor, RejectReason reason)
    {
        Stats.For(Loop).AddRejected(reason);
        ReadOnlySpan<byte> refusal = _lane.Refusal;
        if (reason == RejectReason.Descriptors || refusal.IsEmpty || SocketIO.Send(descriptor, refusal).Failed)
        {
            SocketIO.CloseWithReset(descriptor);
            return;
        }

        SocketIO.ShutdownWrite(descriptor);
        if (_refused == MaxRefused)
        {
            SocketIO.Close(descriptor);
            return;
        }

        _refused++;
        new RefusedSocket(descriptor, _refusedClosed).Attach(Loop);
    }

    // On a listening socket, TCP_INFO counts the accept queue where a connection has its unacknowledged segments.
    private void SampleQueue()
    {
        Volatile.Write(ref _queueLength, TcpInfo.TryRead(Descriptor, out TcpInfo info) ? info.Unacknowledged : 0);
        Loop.Arm(_queueTimer, QueueSampling);
    }

    private void Pause()
    {
        _paused = true;
        ChangeInterest(Interest.None);
    }

    private void Resume()
    {
        if (_paused && !IsClosed)
        {
            _paused = false;
            Loop.Disarm(_pauseTimer);
            ReopenReserve();
            ChangeInterest(Interest.Readable);
            OnReadable(ending: false);
        }
    }
}
