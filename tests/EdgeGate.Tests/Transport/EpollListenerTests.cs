using EdgeGate.Native.Polling;

namespace EdgeGate.Tests.Transport;

public sealed class EpollListenerTests() : ListenerContract(PollerKind.Epoll);
