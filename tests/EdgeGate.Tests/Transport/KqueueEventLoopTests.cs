using EdgeGate.Native.Polling;

namespace EdgeGate.Tests.Transport;

public sealed class KqueueEventLoopTests() : EventLoopContract(PollerKind.Kqueue);
