using EdgeGate.Native.Polling;

namespace EdgeGate.Tests.Transport;

public sealed class KqueueListenerTests() : ListenerContract(PollerKind.Kqueue);
