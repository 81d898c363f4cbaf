using EdgeGate.Native;
using EdgeGate.Native.Interop;
using EdgeGate.Native.Polling;
using EdgeGate.Native.Sockets;
using EdgeGate.Tests.Sockets;

namespace EdgeGate.Tests.Polling;

public sealed class EpollPollerTests() : PollerContract(PollerKind.Epoll)
{
    [Theory]
    [InlineData(0x0001, Readiness.Readable)]
    [InlineData(0x0004, Readiness.Writable)]
    [InlineData(0x0005, Readiness.Readable | Readiness.Writable)]
    [InlineData(0x2001, Readiness.Readable | Readiness.Ending)]
    [InlineData(0x2005, Readiness.Readable | Readiness.Writable | Readiness.Ending)]
    [InlineData(0x2015, Readiness.Readable | Readiness.Writable | Readiness.Ending | Readiness.HungUp)]
    [InlineData(0x201d, Readiness.Readable | Readiness.Writable | Readiness.Ending | Readiness.HungUp)]
    [InlineData(0x0008, Readiness.Readable | Readiness.Writable | Readiness.Ending | Readiness.HungUp)]
    public void Mask_is_translated(uint mask, Readiness ready) =>
        Assert.Equal(ready, EpollPoller.Readiness(mask));

    [Fact]
    public void Wake_of_a_closed_poller_reached_the_next_owner_of_its_number()
    {
        using var closed = (EpollPoller)Poller.Open(PollerKind.Epoll);
        using OwnedDescriptor counter = NewCounter();
        int number = closed.WakeDescriptor.Number;
        closed.Dispose();
        using OwnedDescriptor next = counter.DuplicateFrom(number);
        Assert.SkipWhen(next.Descriptor.Number != number, "another test took the number meanwhile");

        closed.Wake();

        using var poller = Poller.Open(PollerKind.Epoll);
        poller.Add(counter.Descriptor, 1, Interest.Readable).OrThrow("epoll_ctl");
        Assert.Equal(0, poller.Wait(new PollEvent[1], 0));
    }

    private static OwnedDescriptor NewCounter() =>
        new(SysResult.From(Libc.eventfd(0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK)).OrThrow("eventfd"));
}
