using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using EdgeGate.Native.Polling;
using EdgeGate.Tests.Sockets;
using EdgeGate.Transport;
using EdgeGate.Transport.Admission;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeGate.Tests.Transport;

/// <summary>Event loops with a gate, a meter and a log, for tests on real sockets.</summary>
internal sealed class TransportHarness : IAsyncDisposable
{
    private readonly ServiceProvider _meters = new ServiceCollection().AddMetrics().BuildServiceProvider();

    internal TransportHarness(PollerKind poller, int loops, long maxConnections = 10_000, long maxDescriptors = 20_000)
    {
        Loops = new EventLoopGroup(loops, poller, NullLogger<EventLoop>.Instance);
        Gate = new AdmissionGate(maxConnections, maxDescriptors);
        Metrics = new TransportMetrics(_meters.GetRequiredService<IMeterFactory>());
        Services = new TransportServices(Loops, Gate, Metrics, Log);
    }

    internal EventLoopGroup Loops { get; }

    internal AdmissionGate Gate { get; }

    internal TransportMetrics Metrics { get; }

    internal RecordingLogger<Listener> Log { get; } = new();

    internal TransportServices Services { get; }

    internal static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await Loops.DisposeAsync();
        await _meters.DisposeAsync();
    }

    /// <summary>Listens on loopback, with connections that wait in the queue until the listener serves.</summary>
    internal Listener Bind(WhenFull whenFull = WhenFull.Queue, long maxConnections = long.MaxValue) =>
        Listener.Bind(
            new ListenerOptions
            {
                Name = "test",
                Protocol = "tcp",
                EndPoint = new IPEndPoint(IPAddress.Loopback, 0),
                WhenFull = whenFull,
                Quota = new ListenerQuota(maxConnections),
            },
            Services);

    internal Listener Start(HoldLane lane, WhenFull whenFull = WhenFull.Queue, long maxConnections = long.MaxValue)
    {
        Listener listener = Bind(whenFull, maxConnections);
        listener.Serve(lane);
        return listener;
    }

    internal static Socket Connect(Listener listener)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(listener.EndPoint);
        return socket;
    }

    /// <summary>Runs something on a loop.</summary>
    internal static Task<T> OnLoopAsync<T>(EventLoop loop, Func<T> body)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(
            _ =>
            {
                try
                {
                    done.SetResult(body());
                }
                catch (Exception e)
                {
                    done.SetException(e);
                }
            },
            null);
        return done.Task.WaitAsync(TestTime.Limit, Cancel);
    }

    internal static Task OnLoopAsync(EventLoop loop, Action body) => OnLoopAsync(loop, () =>
    {
        body();
        return true;
    });

    /// <summary>Has every loop make a few turns: what was ready before has been dealt with after.</summary>
    internal async Task SettleAsync()
    {
        for (int i = 0; i < 3; i++)
        {
            foreach (EventLoop loop in Loops.Loops)
            {
                await OnLoopAsync(loop, static () => { });
            }
        }
    }

    /// <summary>Asks a loop turn after turn until a condition holds.</summary>
    internal static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        deadline.CancelAfter(TestTime.Limit);
        while (!condition())
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Delay(1, deadline.Token);
        }
    }
}
