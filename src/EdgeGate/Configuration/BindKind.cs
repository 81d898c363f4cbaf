namespace EdgeGate.Configuration;

internal enum BindKind
{
    /// <summary>One address and port.</summary>
    Ip,

    /// <summary><c>*:80</c>: every address, IPv6 and IPv4.</summary>
    Any,

    /// <summary><c>localhost:80</c>: loopback, IPv6 and IPv4.</summary>
    Localhost,

    /// <summary><c>systemd:web</c>: a descriptor handed over by systemd under that name.</summary>
    Systemd,

    /// <summary><c>unix:/run/edgegate.sock</c>.</summary>
    Unix,
}
