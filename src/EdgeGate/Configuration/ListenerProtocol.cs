namespace EdgeGate.Configuration;

internal enum ListenerProtocol
{
    Http,
    Https,
    Tcp,
    Tls,
    Udp,
}
