namespace EdgeGate.Native.Sockets;

/// <summary>What a descriptor turned out to be that another process opened.</summary>
public enum InheritedSocketKind
{
    /// <summary>Something that cannot be served: a file, a pipe, a connection that is accepted already, a raw socket.</summary>
    Other,

    /// <summary>A stream socket that listens: connections are accepted from it.</summary>
    Listening,

    /// <summary>A UDP socket with an address.</summary>
    Datagram,
}
