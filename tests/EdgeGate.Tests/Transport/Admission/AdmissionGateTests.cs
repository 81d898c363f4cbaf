using EdgeGate.Tests.Sockets;
using EdgeGate.Transport.Admission;

namespace EdgeGate.Tests.Transport.Admission;

public sealed class AdmissionGateTests
{
    private readonly ListenerQuota _quota = new(long.MaxValue);

    [Fact]
    public void Connections_bound()
    {
        var gate = new AdmissionGate(2, long.MaxValue);
        using AdmissionLease? first = gate.TryAcquire(_quota, 1);
        using AdmissionLease? second = gate.TryAcquire(_quota, 1);

        Assert.NotNull(second);
        Assert.Null(gate.TryAcquire(_quota, 1));
        Assert.Equal((2, 2, 2), (gate.Connections, gate.Descriptors, _quota.Connections));
    }

    [Fact]
    public void Descriptors_bound_and_a_refusal_takes_nothing()
    {
        var gate = new AdmissionGate(100, 5);
        using AdmissionLease? first = gate.TryAcquire(_quota, 2);
        using AdmissionLease? second = gate.TryAcquire(_quota, 2);

        Assert.Null(gate.TryAcquire(_quota, 2));
        Assert.Equal((2, 4, 2), (gate.Connections, gate.Descriptors, _quota.Connections));
        using AdmissionLease? third = gate.TryAcquire(_quota, 1);
        Assert.NotNull(third);
    }

    [Fact]
    public void Quota_bounds_one_listener_only()
    {
        var gate = new AdmissionGate(100, 100);
        var small = new ListenerQuota(1);
        using AdmissionLease? first = gate.TryAcquire(small, 1);

        Assert.Null(gate.TryAcquire(small, 1));
        Assert.Equal((1, 1, 1), (gate.Connections, gate.Descriptors, small.Connections));
        using AdmissionLease? other = gate.TryAcquire(_quota, 1);
        Assert.NotNull(other);
    }

    [Fact]
    public void Lease_is_given_back_once()
    {
        var gate = new AdmissionGate(10, 10);
        AdmissionLease first = gate.TryAcquire(_quota, 3)!;
        using AdmissionLease? second = gate.TryAcquire(_quota, 3);

        first.Dispose();
        first.Dispose();

        Assert.Equal((1, 3, 1), (gate.Connections, gate.Descriptors, _quota.Connections));
    }

    [Fact]
    public void Who_waits_is_told_once_and_only_when_it_would_fit()
    {
        var gate = new AdmissionGate(10, 4);
        var small = new ListenerQuota(1);
        AdmissionLease held = gate.TryAcquire(small, 1)!;
        AdmissionLease one = gate.TryAcquire(_quota, 1)!;
        AdmissionLease two = gate.TryAcquire(_quota, 2)!;
        int smallTold = 0, largeTold = 0;
        Assert.Null(gate.TryAcquire(small, 1, () => smallTold++));
        Assert.Null(gate.TryAcquire(_quota, 3, () => largeTold++));

        one.Dispose();
        Assert.Equal((0, 0), (smallTold, largeTold));
        two.Dispose();
        Assert.Equal((0, 1), (smallTold, largeTold));
        held.Dispose();
        Assert.Equal((1, 1), (smallTold, largeTold));
        gate.TryAcquire(small, 1)!.Dispose();
        Assert.Equal((1, 1), (smallTold, largeTold));
    }

    [Fact]
    public void Higher_limits_tell_who_waits()
    {
        var gate = new AdmissionGate(0, 0);
        int told = 0;
        Assert.Null(gate.TryAcquire(_quota, 1, () => told++));

        gate.Resize(1, 0);
        Assert.Equal(0, told);
        gate.Resize(1, 1);

        Assert.Equal(1, told);
        Assert.Equal((1, 1), (gate.MaxConnections, gate.MaxDescriptors));
    }

    [Fact]
    public void Lower_limits_leave_leases_out()
    {
        var gate = new AdmissionGate(2, 2);
        AdmissionLease first = gate.TryAcquire(_quota, 1)!;
        AdmissionLease second = gate.TryAcquire(_quota, 1)!;

        gate.Resize(1, 1);

        Assert.Equal(2, gate.Connections);
        first.Dispose();
        Assert.Null(gate.TryAcquire(_quota, 1));
        second.Dispose();
        using AdmissionLease? third = gate.TryAcquire(_quota, 1);
        Assert.NotNull(third);
    }

    [Fact]
    public void Who_stopped_waiting_is_not_told()
    {
        var gate = new AdmissionGate(1, 1);
        AdmissionLease held = gate.TryAcquire(_quota, 1)!;
        Action resume = () => Assert.Fail("told");
        Assert.Null(gate.TryAcquire(_quota, 1, resume));

        gate.StopWaiting(resume);

        held.Dispose();
    }

    [Fact]
    public void Two_sockets_that_share_a_quota_are_both_told()
    {
        var gate = new AdmissionGate(1, 1);
        AdmissionLease held = gate.TryAcquire(_quota, 1)!;
        int told = 0;
        Assert.Null(gate.TryAcquire(_quota, 1, () => told += 1));
        Assert.Null(gate.TryAcquire(_quota, 1, () => told += 10));

        held.Dispose();

        Assert.Equal(11, told);
    }

    [Fact]
    public async Task Many_threads_never_pass_the_limits()
    {
        var gate = new AdmissionGate(5, 11);
        var shared = new ListenerQuota(4);
        long connections = 0, descriptors = 0, admitted = 0;

        await OnThreadsAsync(6, thread =>
        {
            var random = new Random(thread);
            for (int i = 0; i < 30_000; i++)
            {
                int wanted = random.Next(1, 4);
                if (gate.TryAcquire(shared, wanted) is { } lease)
                {
                    Assert.InRange(Interlocked.Increment(ref connections), 1, 4);
                    Assert.InRange(Interlocked.Add(ref descriptors, wanted), 1, 11);
                    Assert.InRange(gate.Connections, 1, 5);
                    Interlocked.Increment(ref admitted);
                    Interlocked.Add(ref descriptors, -wanted);
                    Interlocked.Decrement(ref connections);
                    lease.Dispose();
                }
            }
        });

        Assert.NotEqual(0, admitted);
        Assert.Equal((0, 0, 0), (gate.Connections, gate.Descriptors, shared.Connections));
    }

    [Fact]
    public async Task Lease_given_back_from_many_threads_counts_once()
    {
        var gate = new AdmissionGate(1_000_000, 1_000_000);
        AdmissionLease[] leases = [.. Enumerable.Range(0, 10_000).Select(_ => gate.TryAcquire(_quota, 2)!)];

        await OnThreadsAsync(4, _ => Array.ForEach(leases, lease => lease.Dispose()));

        Assert.Equal((0, 0, 0), (gate.Connections, gate.Descriptors, _quota.Connections));
    }

    [Fact]
    public async Task Place_taken_for_a_moment_by_a_refused_listener_was_a_lost_wake_up()
    {
        // One listener can never be served. It must not take a place even for a moment: another that looks in between
        // would wait, and nothing would ever be given back to wake it.
        var gate = new AdmissionGate(1, 10);
        var never = new ListenerQuota(0);
        bool done = false;

        var refused = OnThreadsAsync(2, thread =>
        {
            while (!Volatile.Read(ref done))
            {
                Assert.Null(thread == 0 ? gate.TryAcquire(never, 1) : gate.TryAcquire(_quota, 11));
            }
        });
        for (int i = 0; i < 200_000; i++)
        {
            AdmissionLease? lease = gate.TryAcquire(_quota, 1, () => { });
            if (lease is null)
            {
                Volatile.Write(ref done, true);
                Assert.Fail($"refused in round {i} although nobody holds a lease");
            }

            lease.Dispose();
        }

        Volatile.Write(ref done, true);
        await refused;
    }

    [Fact]
    public async Task Who_waits_for_the_only_place_always_gets_it()
    {
        var gate = new AdmissionGate(1, 3);
        await OnThreadsAsync(4, thread =>
        {
            var quota = new ListenerQuota(1);
            using var told = new SemaphoreSlim(0);
            for (int i = 0; i < 5_000; i++)
            {
                AdmissionLease? lease;
                while ((lease = gate.TryAcquire(quota, 1 + (thread % 3), () => told.Release())) is null)
                {
                    Assert.True(told.Wait(TestTime.Limit), "a wake-up was lost");
                }

                lease.Dispose();
            }
        });
    }

    private static Task OnThreadsAsync(int threads, Action<int> body) => Task.WhenAll(
        Enumerable.Range(0, threads).Select(thread => Task.Factory.StartNew(
            () => body(thread),
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
}
