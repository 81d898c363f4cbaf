namespace EdgeGate.Configuration;

/// <summary>What carries HTTP/1.1 to cleartext upstreams.</summary>
internal enum HttpClientChoice
{
    /// <summary>The gateway's own client on its event loops; requests stay on their loop.</summary>
    Own,

    /// <summary>.NET's SocketsHttpHandler.</summary>
    Sockets,
}
