namespace EdgeGate.Configuration;

internal enum ProxyProtocolMode
{
    Off,
    Required,
}
