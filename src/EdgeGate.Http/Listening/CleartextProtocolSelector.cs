using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace EdgeGate.Http.Listening;

/// <summary>
/// Lets HTTP/1.1 and HTTP/2 share a port without TLS. Kestrel takes everything there for HTTP/1.1, since no ALPN says
/// otherwise; so the first bytes are looked at, and left for Kestrel to read, before its HTTP middleware runs.
/// It works on whatever transport lies beneath: all it touches is the connection's pipe.
/// </summary>
internal sealed class CleartextProtocolSelector(ConnectionDelegate next, TimeSpan firstByteTimeout)
{
    public async Task OnConnectionAsync(ConnectionContext connection)
    {
        bool isHttp2;
        try
        {
            isHttp2 = TryPeek(connection.Transport.Input)
                ?? await PeekAsync(connection, firstByteTimeout).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            // Nothing came in time, the server is stopping, or the client has left: there is no request to answer.
            return;
        }

        if (isHttp2)
        {
            ForcedProtocol.SetHttp2(connection.Features);
        }

        await next(connection).ConfigureAwait(false);
    }

    /// <summary>Most clients speak at once: then no timer is needed.</summary>
    private static bool? TryPeek(PipeReader input) => input.TryRead(out var result) ? Examine(input, result) : null;

    private static async Task<bool> PeekAsync(ConnectionContext connection, TimeSpan timeout)
    {
        var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stopping ?? CancellationToken.None);
        deadline.CancelAfter(timeout);
        while (true)
        {
            var result = await connection.Transport.Input.ReadAsync(deadline.Token).ConfigureAwait(false);
            if (Examine(connection.Transport.Input, result) is { } isHttp2)
            {
                return isHttp2;
            }
        }
    }

    private static bool? Examine(PipeReader input, in ReadResult result)
    {
        var isHttp2 = Http2Preface.Matches(result.Buffer);
        if (isHttp2 is null && !result.IsCompleted)
        {
            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            return null;
        }

        input.AdvanceTo(result.Buffer.Start);
        return isHttp2 ?? false;
    }
}
