using EdgeGate.Native.Interop;
using EdgeGate.Native.Polling;

namespace EdgeGate.Tests.Polling;

/// <summary>The translation of reports needs no kqueue.</summary>
public sealed class KqueueReadinessTests
{
    [Theory]
    [InlineData(LibKqueue.EVFILT_READ, 0, Readiness.Readable)]
    [InlineData(LibKqueue.EVFILT_WRITE, 0, Readiness.Writable)]
    [InlineData(LibKqueue.EVFILT_READ, LibKqueue.EV_EOF, Readiness.Readable | Readiness.Ending)]
    [InlineData(
        LibKqueue.EVFILT_WRITE,
        LibKqueue.EV_EOF,
        Readiness.Readable | Readiness.Writable | Readiness.Ending | Readiness.HungUp)]
    [InlineData(LibKqueue.EVFILT_READ, LibKqueue.EV_CLEAR, Readiness.Readable)]
    public void Report_is_translated(short filter, ushort flags, Readiness ready) =>
        Assert.Equal(ready, KqueuePoller.Readiness(filter, flags));
}
