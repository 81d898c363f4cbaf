using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Http.Policies;

/// <summary>ASP.NET's request time-outs, which YARP's <c>Timeout</c> and <c>TimeoutPolicy</c> rest on; 504 when one is over.</summary>
internal static class Timeouts
{
    public static RequestDelegate Use(IReadOnlyDictionary<string, TimeSpan> policies, ILoggerFactory logs, RequestDelegate next)
    {
        var services = new ServiceCollection().AddSingleton(logs).AddLogging().AddRequestTimeouts(options =>
        {
            foreach (var (name, time) in policies)
            {
                options.AddPolicy(name, time);
            }
        });
        var app = new ApplicationBuilder(services.BuildServiceProvider());
        app.UseRequestTimeouts();
        app.Run(context => RunAsync(context, next));
        return app.Build();
    }

    // YARP takes the end of the time for the client's leaving, and says 400 to it.
    private static async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.Features.Get<IHttpRequestTimeoutFeature>() is { RequestTimeoutToken.IsCancellationRequested: true }
            && !context.Response.HasStarted)
        {
            context.Response.StatusCode = StatusCodes.Status504GatewayTimeout;
        }
    }
}
