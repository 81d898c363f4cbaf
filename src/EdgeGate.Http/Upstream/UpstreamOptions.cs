using System.Net;

namespace EdgeGate.Http.Upstream;

/// <summary>How connections to upstreams are made and kept.</summary>
internal sealed record UpstreamOptions
{
    /// <summary>How long connecting may take, name resolution and all addresses together.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a connection is used again before a new one takes its place.</summary>
    public TimeSpan ConnectionLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a connection may be idle; HttpClient's own default.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a body waits for the upstream to ask for it, and then goes unasked; HttpClient's own default.</summary>
    public TimeSpan ContinueTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Connections to one destination, beyond which requests wait for a free one, in order.</summary>
    public int MaxConnections { get; init; } = int.MaxValue;

    /// <summary>The name of the cluster that they serve.</summary>
    public string Cluster { get; init; } = "";

    /// <summary>Told how each connect to a destination ended.</summary>
    public Action<UpstreamConnect>? Connected { get; init; }

    /// <summary>Takes a port for a connection to an address of a host and port; null if none is left. Null does not ask.</summary>
    public Func<string, int, IPEndPoint, UpstreamPort?>? TakePort { get; init; }

    /// <summary>Takes a descriptor for a connection; null if none is left. Null does not ask.</summary>
    public Func<IDisposable?>? TakeDescriptor { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
