namespace EdgeGate.FunctionalTests.Http.Upstream;

/// <summary>What carries requests to the upstream.</summary>
public enum ClientKind
{
    /// <summary>.NET's SocketsHttpHandler: the oracle for ours.</summary>
    Sockets,

    /// <summary>The gateway's own client, asked from the thread pool.</summary>
    Own,

    /// <summary>The gateway's own client, asked from an event loop.</summary>
    OwnOnLoop,
}
