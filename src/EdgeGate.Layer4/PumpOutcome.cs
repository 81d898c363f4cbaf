namespace EdgeGate.Layer4;

/// <summary>Why a pump stopped.</summary>
internal enum PumpOutcome
{
    /// <summary>There is more to move: call again in this loop's next turn.</summary>
    Again,

    /// <summary>Nothing can be moved until a socket is reported.</summary>
    Waiting,

    /// <summary>Reading failed: the source's peer has reset.</summary>
    SourceFailed,

    /// <summary>Writing failed: the sink's peer takes nothing any more.</summary>
    SinkFailed,
}
