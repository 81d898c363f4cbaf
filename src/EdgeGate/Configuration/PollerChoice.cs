namespace EdgeGate.Configuration;

internal enum PollerChoice
{
    Auto,
    Epoll,
    Kqueue,
}
