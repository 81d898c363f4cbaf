using EdgeGate.Native.Polling;

namespace EdgeGate.Tests.Polling;

public sealed class KqueuePollerTests() : PollerContract(PollerKind.Kqueue);
