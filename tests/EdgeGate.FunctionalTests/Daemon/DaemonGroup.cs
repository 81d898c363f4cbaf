namespace EdgeGate.FunctionalTests.Daemon;

[CollectionDefinition(nameof(DaemonGroup), DisableParallelization = true)]
public sealed class DaemonGroup;
