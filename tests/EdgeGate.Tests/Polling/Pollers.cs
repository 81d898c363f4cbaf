using EdgeGate.Native.Interop;
using EdgeGate.Native.Polling;

namespace EdgeGate.Tests.Polling;

/// <summary>Which pollers this machine has.</summary>
internal static class Pollers
{
    internal static void SkipUnlessAvailable(PollerKind kind)
    {
        if (kind == PollerKind.Kqueue)
        {
            Assert.SkipUnless(LibKqueue.IsAvailable(), "this machine has no kqueue: on Linux libkqueue is not installed");
        }
        else
        {
            Assert.SkipUnless(OperatingSystem.IsLinux(), "epoll is Linux's");
        }
    }
}
