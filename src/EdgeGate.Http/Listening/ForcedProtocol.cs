using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace EdgeGate.Http.Listening;

/// <summary>
/// Tells Kestrel's HTTP middleware which protocol one connection speaks. It asks the connection's features for this,
/// by a type that it does not publish. The way round without it, feeding a second HTTP/2-only endpoint through a
/// transport in memory, would put each such connection twice through Kestrel's limits, metrics and shutdown.
/// A Kestrel that drops the type fails the start, with a sentence, and not the first client.
/// </summary>
internal static class ForcedProtocol
{
    private static object? s_http2;

    public static void EnsureSupported()
    {
        try
        {
            s_http2 ??= Create(HttpProtocols.Http2);
        }
        catch (Exception missing) when (missing is TypeLoadException or MissingMemberException)
        {
            throw new NotSupportedException(
                "This version of ASP.NET Core has no way to choose HTTP/2 for a single connection; run EdgeGate on "
                + "the major version that it was built for.", missing);
        }
    }

    public static void SetHttp2(IFeatureCollection features) => features[s_http2!.GetType()] = s_http2;

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    [return: UnsafeAccessorType(
        "Microsoft.AspNetCore.Server.Kestrel.Core.Internal.HttpProtocolsFeature, "
        + "Microsoft.AspNetCore.Server.Kestrel.Core")]
    private static extern object Create(HttpProtocols protocols);
}
