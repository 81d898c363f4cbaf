namespace EdgeGate.Tests.Sockets;

/// <summary>How long a test waits for what must come before it gives up.</summary>
internal static class TestTime
{
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    internal const int LimitMilliseconds = 20_000;
}
