using System.Net;

namespace EdgeGate.Http;

/// <summary>Whom an upstream connection is opened for.</summary>
/// <param name="Source">The client's address; null where it has none, as on a Unix socket.</param>
/// <param name="Destination">The address that it connected to; null where that has none.</param>
public sealed record ProxiedClient(IPEndPoint? Source, IPEndPoint? Destination);
