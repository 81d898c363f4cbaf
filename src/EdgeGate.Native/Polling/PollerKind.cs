namespace EdgeGate.Native.Polling;

/// <summary>Which kernel interface reports readiness.</summary>
public enum PollerKind
{
    /// <summary>The system's own.</summary>
    Auto,

    /// <summary>epoll(7), Linux.</summary>
    Epoll,

    /// <summary>kqueue(2), macOS and the BSDs.</summary>
    Kqueue,
}
