using System.Net;
using System.Net.Sockets;
using EdgeGate.Native;
using EdgeGate.Native.Polling;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport.Admission;

namespace EdgeGate.Transport;

/// <summary>
/// A listening socket on a loop. It takes a lease first and a connection second, and gives the connection to the loop
/// that has the fewest. It is level-triggered, so what stays in the kernel's queue is reported again.
/// </summary>
/// <remarks>
/// The socket outlives its settings: <see cref="Serve"/> puts others in their place, and nobody who connects meanwhile
/// is refused. Connections keep the lane that they came through.
/// <code>
///   bound --Serve--> accepting --gate full------> paused --lease returned--> accepting
///                    accepting --no descriptor--> paused --lease returned, 100 ms--> accepting
///     '--StopAsync-------'----------StopAsync------'----------------------------> closed
/// </code>
/// </remarks>
public sealed partial class Listener : ListenerSocket
{
    private const int AcceptsPerTurn = 64;
    private const int MaxRefused = 4; // at once, each with a descriptor of the reserve
    private static readonly TimeSpan QueueSampling = TimeSpan.FromSeconds(1);

    private readonly PauseTimer _pauseTimer;
    private readonly QueueTimer _queueTimer;
    private readonly Action _resume;
    private readonly Action _refusedClosed;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ILane? _lane;
    private bool _attached;
    private OwnedDescriptor? _reserve;
    private AdmissionLease? _kept; // of an accept that found no descriptor, for the next attempt
    private int _refused;
    private bool _paused;
    private long _queueLength;
    private volatile bool _ownsFile;

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
        TransportServices services)
        : base(descriptor, options, services)
    {
        _reserve = reserve;
        _pauseTimer = new PauseTimer(this);
        _queueTimer = new QueueTimer(this);
        _resume = () => Home.Post(static listener => ((Listener)listener!).Resume(), this);
        _refusedClosed = () => _refused--;
    }

    /// <summary>Who gets its connections; only on its loop, or before it serves.</summary>
    internal ILane? Lane => Volatile.Read(ref _lane);

    /// <inheritdoc/>
    protected override Interest Interest => Interest.Readable;

    /// <summary>Binds and listens; connections wait in the kernel's queue until <see cref="Serve"/>.</summary>
    /// <exception cref="SysException">EADDRINUSE, EACCES and the like; the message names the listener.</exception>
    public static Listener Bind(ListenerOptions options, TransportServices services)
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

        var listener = new Listener(descriptor, reserve, options, services) { _ownsFile = true };
        listener.ReadBack(options);
        services.Metrics.Add(listener);
        return listener;
    }

    /// <summary>Takes over a socket that another process bound, and that listens already.</summary>
    /// <param name="socket">A listening stream socket; it is this listener's from now on.</param>
    /// <param name="options">How; the end point is the socket's own address.</param>
    /// <param name="services">Loops, gate and metrics.</param>
    /// <param name="ownsFile">Whether a Unix socket's file goes when the listener closes; its maker's do not.</param>
    /// <exception cref="SysException">There is no descriptor left.</exception>
    public static Listener Adopt(
        OwnedDescriptor socket, ListenerOptions options, TransportServices services, bool ownsFile = false)
    {
        OwnedDescriptor reserve;
        try
        {
            reserve = SocketFactory.OpenReserve();
        }
        catch (SysException e)
        {
            socket.Dispose();
            throw new SysException($"listener {options.Name}: cannot serve {options.EndPoint}", e.Error);
        }

        Configure(socket.Descriptor, options);
        _ = SocketFactory.Listen(socket.Descriptor, options.Backlog);
        var listener = new Listener(socket, reserve, options, services) { _ownsFile = ownsFile };
        listener.ReadBack(options);
        services.Metrics.Add(listener);
        return listener;
    }

    /// <summary>Sets what accepted sockets inherit: once on the listener, not once a connection.</summary>
    private static void Configure(Descriptor descriptor, ListenerOptions options)
    {
        if (options.EndPoint is IPEndPoint)
        {
            SocketOptions.SetNoDelay(descriptor);
            SocketOptions.SetKeepAlive(descriptor);
        }

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

    /// <summary>
    /// Gives the connections that come from now on to a lane: begins to accept, or changes what a listener does that
    /// accepts already. A buffer size once set stays on the socket until another replaces it: socket(7) knows no way
    /// back to the kernel's own tuning.
    /// </summary>
    /// <param name="lane">Who gets them; null for whoever does already.</param>
    /// <param name="options">Other options for the same socket; null leaves those it has.</param>
    public void Serve(ILane? lane, ListenerOptions? options = null) =>
        Home.Post(static change => ((Action)change!)(), () => Change(lane ?? _lane!, options ?? Options));

    /// <summary>Stops accepting and closes the listening socket; connections go on.</summary>
    public override Task StopAsync()
    {
        Home.Post(static listener => ((Listener)listener!).Close(reset: false), this);
        return _closed.Task;
    }

    /// <inheritdoc/>
    /// <remarks>What waits in the queue stays there: the other process has the same queue.</remarks>
    public override Task HandOverAsync()
    {
        _ownsFile = false;
        return StopAsync();
    }

    /// <summary>Stops as <see cref="StopAsync()"/> does, unless another lane has taken the socket over.</summary>
    /// <returns>Whether it stopped.</returns>
    internal async Task<bool> StopAsync(ILane lane)
    {
        var asked = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Home.Post(_ => asked.SetResult(IsClosed || _lane == lane), null);
        if (!await asked.Task.ConfigureAwait(false))
        {
            return false;
        }

        await StopAsync().ConfigureAwait(false);
        return true;
    }

    /// <summary>How many connections waited in the accept queue when it was last looked at, each second.</summary>
    public long QueueLength => Volatile.Read(ref _queueLength);

    /// <inheritdoc/>
    protected override void OnAttached() => SampleQueue();

    /// <inheritdoc/>
    protected internal override void OnReadable(bool ending)
    {
        for (int i = 0; i < AcceptsPerTurn && !_paused && !IsClosed; i++)
        {
            bool queues = Options.WhenFull == WhenFull.Queue && Gate.Mode != AdmissionMode.Reject;
            AdmissionLease? lease = _kept ??
                Gate.TryAcquire(
                    Options.Quota, _lane!.DescriptorsPerConnection, queues ? _resume : null, _lane.SharedDescriptors);
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
        Home.Disarm(_pauseTimer);
        Home.Disarm(_queueTimer);
        Gate.StopWaiting(_resume);
        _kept?.Dispose();
        _reserve?.Dispose();
        Metrics.Remove(this);
        _closed.TrySetResult();
    }

    /// <inheritdoc/>
    protected override void OnClosing()
    {
        if (_ownsFile && EndPoint is UnixDomainSocketEndPoint)
        {
            File.Delete(EndPoint.ToString()!); // close(2) leaves a Unix socket's file behind: unix(7)
        }
    }

    private void Change(ILane lane, ListenerOptions options)
    {
        if (IsClosed)
        {
            return;
        }

        if (!ReferenceEquals(options, Options))
        {
            Configure(Descriptor, options);
            _ = SocketFactory.Listen(Descriptor, options.Backlog);
            Adopt(options);
            ReadBack(options);
        }

        Volatile.Write(ref _lane, lane);
        if (_attached)
        {
            StartAfresh();
        }
        else
        {
            _attached = true;
            Attach(Home);
        }
    }

    /// <summary>What waited under the settings that were asks again under those that are.</summary>
    private void StartAfresh()
    {
        Gate.StopWaiting(_resume);
        _kept?.Dispose();
        _kept = null;
        Resume();
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
