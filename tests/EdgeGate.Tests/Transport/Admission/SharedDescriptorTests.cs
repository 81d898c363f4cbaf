using EdgeGate.Transport.Admission;

namespace EdgeGate.Tests.Transport.Admission;

/// <summary>HTTP connections, which bring the place of one upstream each and share what they bring.</summary>
public sealed class SharedDescriptorTests
{
    private readonly ListenerQuota _quota = new(long.MaxValue);
    private readonly AdmissionGate _gate = new(100, 10);

    [Fact]
    public void As_many_upstreams_as_connections_cost_nothing_beside()
    {
        using AdmissionLease? one = Http();
        using AdmissionLease? two = Http();

        using IDisposable? first = _gate.TryAcquireShared();
        using IDisposable? second = _gate.TryAcquireShared();

        Assert.NotNull(second);
        Assert.Equal(4, _gate.Descriptors);
    }

    [Fact]
    public void Each_upstream_beyond_takes_a_descriptor_until_there_is_none()
    {
        using AdmissionLease? one = Http();

        int taken = 0;
        while (_gate.TryAcquireShared() is not null)
        {
            taken++;
        }

        Assert.Equal(9, taken); // of ten, the connection has one
        Assert.Equal(10, _gate.Descriptors);
        Assert.Null(Relay());
    }

    [Fact]
    public void What_relays_were_promised_is_not_taken()
    {
        using AdmissionLease? http = Http();
        AdmissionLease?[] relays = [Relay(), Relay(), Relay(), Relay()];

        using IDisposable? own = _gate.TryAcquireShared();
        Assert.NotNull(own);
        Assert.Null(_gate.TryAcquireShared());

        relays[0]!.Dispose();
        Assert.NotNull(_gate.TryAcquireShared());
        Assert.NotNull(_gate.TryAcquireShared());
        Assert.Null(_gate.TryAcquireShared());
    }

    [Fact]
    public void Upstreams_that_outlive_their_clients_are_counted_on()
    {
        AdmissionLease one = Http()!;
        AdmissionLease two = Http()!;
        IDisposable[] upstreams = [_gate.TryAcquireShared()!, _gate.TryAcquireShared()!];

        one.Dispose();
        two.Dispose();

        Assert.Equal(2, _gate.Descriptors);
        Array.ForEach(upstreams, upstream => upstream.Dispose());
        Array.ForEach(upstreams, upstream => upstream.Dispose());
        Assert.Equal(0, _gate.Descriptors);
    }

    [Fact]
    public void A_place_that_a_connection_brings_is_there_even_when_the_gate_was_made_smaller()
    {
        using AdmissionLease? http = Http();
        _gate.Resize(100, 1);

        using IDisposable? upstream = _gate.TryAcquireShared();

        Assert.NotNull(upstream);
        Assert.Null(_gate.TryAcquireShared());
    }

    [Fact]
    public void Who_waits_is_told_when_an_upstream_gives_its_descriptor_back()
    {
        using AdmissionLease? http = Http();
        IDisposable[] upstreams = [.. Enumerable.Range(0, 9).Select(_ => _gate.TryAcquireShared()!)];
        int told = 0;
        Assert.Null(_gate.TryAcquire(_quota, 2, () => told++));

        upstreams[0].Dispose();
        Assert.Equal(0, told);
        upstreams[1].Dispose();

        Assert.Equal(1, told);
        using AdmissionLease? relay = Relay();
        Assert.NotNull(relay);
    }

    private AdmissionLease? Http() => _gate.TryAcquire(_quota, 2, shared: 1);

    private AdmissionLease? Relay() => _gate.TryAcquire(_quota, 2);
}
