using EdgeGate.Layer4.Udp;

namespace EdgeGate.Tests.Layer4;

public sealed class UdpAdmissionTests
{
    private readonly UdpAdmission _admission = new();

    [Fact]
    public void It_closes_with_the_last_flow_and_not_before()
    {
        _admission.TryEnter();
        _admission.TryEnter();

        Assert.False(_admission.TryClose());
        _admission.Drain();
        Assert.False(_admission.TryEnter());
        Assert.False(_admission.TryClose());
        Assert.False(_admission.Leave());
        Assert.True(_admission.Leave());
        Assert.True(_admission.TryClose());
        Assert.False(_admission.TryResume());
    }

    [Fact]
    public void A_stop_is_taken_back_while_it_is_not_closed()
    {
        _admission.TryEnter();
        _admission.Drain();

        Assert.True(_admission.TryResume());

        Assert.False(_admission.Leave());
        Assert.False(_admission.TryClose());
        Assert.True(_admission.TryEnter());
    }

    [Fact]
    public async Task Many_threads_leave_nothing_behind()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                if (_admission.TryEnter())
                {
                    _admission.Leave();
                }
            }
        })));

        _admission.Drain();
        Assert.True(_admission.TryClose());
    }
}
