using EdgeGate.Native.Polling;

namespace EdgeGate.Tests.Transport;

public sealed class EpollEventLoopTests() : EventLoopContract(PollerKind.Epoll);
