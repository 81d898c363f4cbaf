using EdgeGate.Native.Sockets;

namespace EdgeGate.Benchmarks.Comparison.Load;

/// <summary>A client's connection and what has come of the present answer.</summary>
internal sealed class LoadConnection(OwnedDescriptor owned)
{
    private const int MaxAnswerBytes = 1024;

    internal OwnedDescriptor Owned { get; } = owned;

    internal Descriptor Descriptor => Owned.Descriptor;

    internal byte[] Answer { get; } = new byte[MaxAnswerBytes];

    internal int AnswerLength { get; set; }

    /// <summary>Of an answer that is counted and not looked at, the bytes that have not come.</summary>
    internal int Missing { get; set; }

    internal bool IsConnected { get; set; }
}
