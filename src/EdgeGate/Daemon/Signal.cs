namespace EdgeGate.Daemon;

/// <summary>What an operator or the service manager asks of a running daemon.</summary>
internal enum Signal
{
    /// <summary>Read the configuration again: SIGHUP, POST /reload.</summary>
    Reload,

    /// <summary>Leave the sockets to the process that has taken over, and drain.</summary>
    HandOver,

    /// <summary>Drain and end: SIGTERM, SIGINT, POST /drain.</summary>
    Stop,
}
