using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeGate.Daemon;

/// <summary>
/// The pipeline as one listener's Kestrel sees it. Once the listener is retired, an answer in HTTP/1 says that its
/// connection ends with it (RFC 9112, section 9.6), and the client makes its next request on another one. To close a
/// connection between two requests instead would lose a request that is on its way.
/// </summary>
internal sealed class RetirableApplication<TContext>(IHttpApplication<TContext> pipeline, Func<bool> isRetired)
    : IHttpApplication<TContext>
    where TContext : notnull
{
    public TContext CreateContext(IFeatureCollection contextFeatures)
    {
        if (isRetired())
        {
            SayLast(contextFeatures);
        }

        return pipeline.CreateContext(contextFeatures);
    }

    public Task ProcessRequestAsync(TContext context) => pipeline.ProcessRequestAsync(context);

    public void DisposeContext(TContext context, Exception? exception) => pipeline.DisposeContext(context, exception);

    private static void SayLast(IFeatureCollection request)
    {
        string? protocol = request.Get<IHttpRequestFeature>()?.Protocol;
        if (protocol is null || !(HttpProtocol.IsHttp11(protocol) || HttpProtocol.IsHttp10(protocol)))
        {
            return; // HTTP/2 has GOAWAY, which Kestrel sends when it stops
        }

        var response = request.GetRequiredFeature<IHttpResponseFeature>();
        response.OnStarting(
            static state =>
            {
                var response = (IHttpResponseFeature)state;
                if (response.StatusCode != StatusCodes.Status101SwitchingProtocols)
                {
                    response.Headers.Connection = "close";
                }

                return Task.CompletedTask;
            },
            response);
    }
}
