using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using EdgeGate.Native;
using EdgeGate.Native.Polling;
using EdgeGate.Native.Sockets;
using EdgeGate.Tests.Sockets;

namespace EdgeGate.Tests.Polling;

/// <summary>What <see cref="Poller"/> promises, asked of each back end.</summary>
public abstract class PollerContract : IDisposable
{
    private const ulong Token = 0x1234_5678_9abc_def0;
    private const int WindowChanged = 28; // SIGWINCH, the same number everywhere
    private const Interest EdgeRead = Interest.Readable | Interest.EdgeTriggered;

    private readonly Poller _poller;
    private readonly LoopbackPair _pair = new();
    private readonly PollEvent[] _events = new PollEvent[16];

    protected PollerContract(PollerKind kind)
    {
        Pollers.SkipUnlessAvailable(kind);
        _poller = Poller.Open(kind);
    }

    public void Dispose()
    {
        _pair.Dispose();
        _poller.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Token_comes_back_with_the_report()
    {
        Add(EdgeRead);
        PeerWrites();

        Assert.Equal(1, _poller.Wait(_events, TestTime.LimitMilliseconds));
        Assert.Equal(new PollEvent(Token, Readiness.Readable), _events[0]);
    }

    [Fact]
    public void Largest_token_below_the_wake_up_s_comes_back()
    {
        const ulong Largest = Poller.WakeToken - 1;
        Ok(_poller.Add(_pair.Descriptor, Largest, EdgeRead));
        PeerWrites();

        Assert.Equal(1, _poller.Wait(_events, TestTime.LimitMilliseconds));
        Assert.Equal(Largest, _events[0].Token);
    }

    [Fact]
    public void Edge_triggered_reports_once_a_change()
    {
        Add(EdgeRead);
        PeerWrites();
        WaitFor(Readiness.Readable);

        Assert.Equal(0, _poller.Wait(_events, 0));

        PeerWrites();
        WaitFor(Readiness.Readable);
    }

    [Fact]
    public void Level_triggered_reports_for_as_long_as_it_lasts()
    {
        Add(Interest.Readable);
        PeerWrites();
        for (int i = 0; i < 3; i++)
        {
            WaitFor(Readiness.Readable);
        }

        Ok(SocketIO.Receive(_pair.Descriptor, new byte[16]));
        Assert.Equal(0, _poller.Wait(_events, 0));
    }

    [Fact]
    public void What_was_ready_before_it_was_added_is_reported()
    {
        PeerWrites();
        Add(EdgeRead);

        WaitFor(Readiness.Readable);
    }

    [Fact]
    public void New_connection_is_writable()
    {
        Add(Interest.Connection);

        Assert.Equal(Readiness.Writable, WaitFor(Readiness.Writable));
    }

    [Fact]
    public void Room_to_write_is_reported_when_it_comes_back()
    {
        Add(Interest.Connection);
        WaitFor(Readiness.Writable);
        int sent = _pair.Fill();

        byte[] sink = new byte[64 * 1024];
        for (int received = 0; received < sent; received += _pair.Peer.Receive(sink))
        {
            // The peer takes all.
        }

        WaitFor(Readiness.Writable);
    }

    [Theory]
    [InlineData(Interest.Readable)]
    [InlineData(EdgeRead)]
    public void Paused_is_silent_and_resumed_reports_what_came_meanwhile(Interest interest)
    {
        Add(interest);
        Ok(_poller.Modify(_pair.Descriptor, Token, Interest.None));
        PeerWrites();
        Assert.Equal(0, _poller.Wait(_events, 50));

        Ok(_poller.Modify(_pair.Descriptor, Token, interest));
        WaitFor(Readiness.Readable);
    }

    [Fact]
    public void Pausing_twice_and_resuming_twice_is_no_mistake()
    {
        Add(Interest.Readable);
        Ok(_poller.Modify(_pair.Descriptor, Token, Interest.None));
        Ok(_poller.Modify(_pair.Descriptor, Token, Interest.None));
        Ok(_poller.Modify(_pair.Descriptor, Token, Interest.Readable));
        Ok(_poller.Modify(_pair.Descriptor, Token, Interest.Readable));

        PeerWrites();
        WaitFor(Readiness.Readable);
    }

    [Fact]
    public void Hang_up_of_a_paused_descriptor_was_reported_for_ever()
    {
        Add(Interest.Readable);
        Ok(_poller.Modify(_pair.Descriptor, Token, Interest.None));
        _pair.PeerResets();
        UntilReset();

        int reports = 0;
        for (int i = 0; i < 10; i++)
        {
            reports += _poller.Wait(_events, 0);
        }

        Assert.InRange(reports, 0, 1);
    }

    [Fact]
    public void Half_close_ends_the_stream_and_nothing_else()
    {
        Add(Interest.Connection);
        WaitFor(Readiness.Writable);
        _pair.Peer.Shutdown(SocketShutdown.Send);

        Readiness ready = WaitFor(Readiness.Readable | Readiness.Ending);

        Assert.Equal(Readiness.None, ready & Readiness.HungUp);
        Assert.Equal(0, Ok(SocketIO.Receive(_pair.Descriptor, new byte[16])));
        Assert.Equal(1, Ok(SocketIO.Send(_pair.Descriptor, [1])));
    }

    [Fact]
    public void Half_close_with_bytes_before_it_reports_both()
    {
        Add(Interest.Connection);
        PeerWrites();
        _pair.Peer.Shutdown(SocketShutdown.Send);

        WaitFor(Readiness.Readable | Readiness.Ending);

        Assert.Equal(1, Ok(SocketIO.Receive(_pair.Descriptor, new byte[16])));
        Assert.Equal(0, Ok(SocketIO.Receive(_pair.Descriptor, new byte[16])));
    }

    [Fact]
    public void Both_directions_closed_is_a_hang_up()
    {
        Add(Interest.Connection);
        Ok(SocketIO.ShutdownWrite(_pair.Descriptor));
        _pair.Peer.Shutdown(SocketShutdown.Both);

        WaitFor(Readiness.Readable | Readiness.Writable | Readiness.Ending | Readiness.HungUp);
    }

    [Fact]
    public void Reset_is_a_hang_up_that_the_next_read_explains()
    {
        Add(Interest.Connection);
        WaitFor(Readiness.Writable);
        _pair.PeerResets();

        WaitFor(Readiness.Readable | Readiness.Writable | Readiness.Ending | Readiness.HungUp);
    }

    [Fact]
    public void Failed_connect_is_reported_as_writable_and_ending()
    {
        using OwnedDescriptor bound = SocketFactory.Listen(new IPEndPoint(IPAddress.Loopback, 0), 1);
        IPEndPoint nobody = SocketFactory.LocalAddress(bound.Descriptor)!;
        bound.Dispose();
        using var dialling = new OwnedDescriptor(SocketFactory.OpenStream(AddressFamily.InterNetwork).OrThrow("socket"));
        SysResult connect = SocketIO.Connect(dialling.Descriptor, nobody);
        Assert.Equal(Errno.EINPROGRESS, connect.Error);

        Ok(_poller.Add(dialling.Descriptor, Token, Interest.Connection));

        WaitFor(Readiness.Writable | Readiness.Ending);
    }

    [Fact]
    public void Listener_is_reported_while_connections_wait()
    {
        using OwnedDescriptor listener = SocketFactory.Listen(new IPEndPoint(IPAddress.Loopback, 0), 8);
        Ok(_poller.Add(listener.Descriptor, Token, Interest.Readable));
        using Socket first = Connect(listener);
        using Socket second = Connect(listener);

        for (int i = 0; i < 2; i++)
        {
            WaitFor(Readiness.Readable);
            SocketIO.Close(new Descriptor(Ok(SocketIO.Accept(listener.Descriptor, out _))));
        }

        Assert.Equal(0, _poller.Wait(_events, 0));
        _poller.Closing(listener.Descriptor);
    }

    [Fact]
    public void More_reports_than_places_come_with_the_next_waits()
    {
        const int Count = 300;
        LoopbackPair[] pairs = [.. Enumerable.Range(0, Count).Select(_ => new LoopbackPair())];
        try
        {
            for (int i = 0; i < Count; i++)
            {
                Ok(_poller.Add(pairs[i].Descriptor, (ulong)i, EdgeRead));
                pairs[i].Peer.Send([1]);
            }

            var seen = new HashSet<ulong>();
            while (seen.Count < Count)
            {
                int reports = _poller.Wait(_events, TestTime.LimitMilliseconds);
                Assert.InRange(reports, 1, _events.Length);
                Assert.All(_events[..reports], report => Assert.True(seen.Add(report.Token)));
            }
        }
        finally
        {
            foreach (LoopbackPair pair in pairs)
            {
                _poller.Closing(pair.Descriptor);
                pair.Dispose();
            }
        }
    }

    [Fact]
    public async Task Wake_from_another_thread_ends_a_wait()
    {
        var waits = Task.Factory.StartNew(
            () => _poller.Wait(_events, -1),
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

        _poller.Wake();

        Assert.Equal(0, await waits.WaitAsync(TestTime.Limit, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Wake_before_the_wait_is_not_lost()
    {
        for (int i = 0; i < 3; i++)
        {
            _poller.Wake();
            long began = Stopwatch.GetTimestamp();
            Assert.Equal(0, _poller.Wait(_events, TestTime.LimitMilliseconds));
            Assert.True(Stopwatch.GetElapsedTime(began) < TestTime.Limit / 2, "the wait ran into its time-out");
        }
    }

    [Fact]
    public void Wake_up_is_used_up_by_one_wait()
    {
        _poller.Wake();
        _poller.Wake();
        Assert.Equal(0, _poller.Wait(_events, TestTime.LimitMilliseconds));

        long began = Stopwatch.GetTimestamp();
        Assert.Equal(0, _poller.Wait(_events, 60));
        Assert.True(Stopwatch.GetElapsedTime(began) >= TimeSpan.FromMilliseconds(59), "woken twice");
    }

    [Fact]
    public void Wake_up_does_not_hide_the_reports_beside_it()
    {
        Add(EdgeRead);
        PeerWrites();
        _poller.Wake();

        WaitFor(Readiness.Readable);
    }

    [Fact]
    public void Wake_after_the_end_is_harmless()
    {
        _poller.Dispose();

        _poller.Wake();
        _poller.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(60)]
    public void Time_out_is_never_early(int milliseconds)
    {
        long began = Stopwatch.GetTimestamp();

        Assert.Equal(0, _poller.Wait(_events, milliseconds));

        Assert.True(Stopwatch.GetElapsedTime(began).TotalMilliseconds >= milliseconds * 0.99);
    }

    [Fact]
    public void Closing_takes_out_and_the_number_can_be_added_anew()
    {
        const ulong NewToken = 7;
        Add(Interest.Connection);
        WaitFor(Readiness.Writable);
        using var other = new LoopbackPair();
        int number = _pair.Descriptor.Number;
        _poller.Closing(_pair.Descriptor);
        _pair.Near.Dispose();
        Assert.Equal(0, _poller.Wait(_events, 0));

        using OwnedDescriptor next = other.Near.DuplicateFrom(number);
        other.Near.Dispose();
        Assert.SkipWhen(next.Descriptor.Number != number, "another test took the number meanwhile");
        Ok(_poller.Add(next.Descriptor, NewToken, Interest.Connection));
        other.Peer.Send([1]);

        Readiness ready = Readiness.None;
        while ((ready & Readiness.Readable) == 0)
        {
            int count = _poller.Wait(_events, TestTime.LimitMilliseconds);
            Assert.NotEqual(0, count);
            foreach (PollEvent report in _events.AsSpan(0, count))
            {
                Assert.Equal(NewToken, report.Token);
                ready |= report.Ready;
            }
        }

        _poller.Closing(next.Descriptor);
    }

    [Fact]
    public void Removed_is_silent_and_can_be_added_again()
    {
        Add(EdgeRead);
        Ok(_poller.Remove(_pair.Descriptor));
        PeerWrites();
        Assert.Equal(0, _poller.Wait(_events, 50));

        Add(EdgeRead);
        WaitFor(Readiness.Readable);
    }

    [Fact]
    public void Adding_a_closed_descriptor_is_an_answer_and_no_exception()
    {
        SysResult result = _poller.Add(new Descriptor(1_000_000_000), Token, Interest.Connection);

        Assert.Equal(Errno.EBADF, result.Error);
    }

    [Fact]
    public async Task Signal_ends_a_wait_like_a_wake_up()
    {
        // The runtime's own handler for a window's change of size is harmless and there as soon as it is asked for.
        using var handled = PosixSignalRegistration.Create((PosixSignal)WindowChanged, _ => { });
        var started = new TaskCompletionSource<nint>();
        var done = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var finish = new ManualResetEventSlim();
        var waiting = new Thread(() =>
        {
            started.SetResult(pthread_self());
            try
            {
                done.SetResult(_poller.Wait(_events, TestTime.LimitMilliseconds));
            }
            catch (Exception e)
            {
                done.SetException(e);
            }

            finish.Wait(); // a signal to a thread that is gone would be undefined
        });
        waiting.Start();
        nint thread = await started.Task;
        long began = Stopwatch.GetTimestamp();
        while (!done.Task.IsCompleted)
        {
            Assert.Equal(0, pthread_kill(thread, WindowChanged));
            await Task.WhenAny(done.Task, Task.Delay(5, TestContext.Current.CancellationToken));
        }

        finish.Set();
        waiting.Join();
        Assert.Equal(0, await done.Task);
        Assert.True(Stopwatch.GetElapsedTime(began) < TestTime.Limit / 2, "the wait ran into its time-out");
    }

    private void Add(Interest interest) => Ok(_poller.Add(_pair.Descriptor, Token, interest));

    private void PeerWrites() => _pair.Peer.Send([1]);

    private static int Ok(SysResult result) => result.OrThrow("the call under test");

    /// <summary>Waits until all that is wanted has been reported; gives all that has been.</summary>
    private Readiness WaitFor(Readiness wanted)
    {
        var ready = Readiness.None;
        while ((ready & wanted) != wanted)
        {
            int count = _poller.Wait(_events, TestTime.LimitMilliseconds);
            Assert.True(count > 0, $"{wanted} wanted, {ready} reported");
            foreach (PollEvent report in _events.AsSpan(0, count))
            {
                Assert.Equal(Token, report.Token);
                ready |= report.Ready;
            }
        }

        return ready;
    }

    private void UntilReset()
    {
        SysResult sent = LoopbackPair.Patiently(() => SocketIO.Receive(_pair.Descriptor, new byte[1]));
        Assert.True(sent.Failed);
    }

    private static Socket Connect(OwnedDescriptor listener)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(SocketFactory.LocalAddress(listener.Descriptor)!);
        return socket;
    }

    [DllImport("libc")]
    private static extern nint pthread_self();

    [DllImport("libc")]
    private static extern int pthread_kill(nint thread, int signal);
}
