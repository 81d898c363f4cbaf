using EdgeGate.FunctionalTests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace EdgeGate.FunctionalTests.Policies;

/// <summary>One daemon whose routes name a policy of each kind, and an application behind it.</summary>
public sealed class EdgeAnswersFixture : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private AppUpstream? _app;
    private DaemonProcess? _daemon;
    private int _answers;

    internal DaemonConfiguration Configuration { get; } = new();

    internal DaemonProcess Daemon => _daemon!;

    internal Uri Web { get; private set; } = null!;

    internal string Secure { get; private set; } = "";

    /// <summary>Whether the request has come that is held.</summary>
    internal TaskCompletionSource Held { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends the answer that /busy/held has begun.</summary>
    internal TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Breaks the first answer of /cached/broken off, which has begun.</summary>
    internal TaskCompletionSource BreakOff { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal TestCertificate Certificate { get; } = new(["localhost"]);

    public async ValueTask InitializeAsync()
    {
        _app = await AppUpstream.StartAsync(Map);
        Web = Configuration.Proxy("app", _app.Address);
        Secure = "https://" + Configuration.Listen("secure", "https", more: $$"""
            { "Tls": { "Certificates": [ {
                "CertificatePath": "{{Certificate.Files.CertificatePath}}", "KeyPath": "{{Certificate.Files.KeyPath}}" } ] } }
            """);
        Configuration.Cluster("dead", $"http://127.0.0.1:{Ports.Free()}");
        Configuration.Route("dead", "/dead/{**rest}", "dead");
        foreach (string kind in (string[])["fixed", "sliding", "bucket", "busy", "queued"])
        {
            Configuration.Route(kind, $"/{kind}/{{**rest}}", "app", $$"""{ "RateLimiterPolicy": "{{kind}}" }""");
        }

        Configuration.Route("cached", "/cached/{**rest}", "app", """{ "OutputCachePolicy": "short" }""");
        Configuration.Route("cors", "/cors/{**rest}", "app", """{ "CorsPolicy": "app" }""");
        Configuration.Route("slow", "/never/slow", "app", """{ "Timeout": "00:00:01" }""");
        Configuration.Route("slower", "/never/slower", "app", """{ "TimeoutPolicy": "second" }""");
        Configuration.With("Http", Policies("false"));
        _daemon = await DaemonProcess.StartAsync(Configuration);
    }

    /// <summary>The policies, with the maintenance on or off.</summary>
    internal string Policies(string maintenance, int fixedPermits = 3) => $$"""
        {
          "RateLimits": {
            "fixed": { "Kind": "FixedWindow", "Permits": {{fixedPermits}}, "Window": "01:00:00" },
            "sliding": { "Kind": "SlidingWindow", "Permits": 2, "Window": "01:00:00", "By": "Route" },
            "bucket": { "Kind": "TokenBucket", "Permits": 1, "Window": "01:00:00", "Burst": 2, "By": "Header", "Header": "X-Key" },
            "busy": { "Kind": "Concurrency", "Permits": 1 },
            "queued": { "Kind": "TokenBucket", "Permits": 1, "Window": "00:00:01", "Queue": 5 }
          },
          "Compression": {},
          "OutputCache": { "Policies": { "short": { "Expiration": "00:10:00", "VaryByQuery": ["page"] } } },
          "Cors": { "app": { "Origins": ["https://app.example"], "Methods": ["PUT"], "Headers": ["X-Key"] } },
          "Timeouts": { "second": { "Timeout": "00:00:01" } },
          "ErrorPages": {
            "429": { "JsonFile": "{{_folder.Write("429.json", """{"error":"too many"}""")}}" },
            "502": { "HtmlFile": "{{_folder.Write("502.html", "<h1>out</h1>")}}", "JsonFile": "{{_folder.Write("502.json", """{"error":"out"}""")}}" },
            "503": { "HtmlFile": "{{_folder.Write("503.html", "<h1>soon</h1>")}}" }
          },
          "Maintenance": { "Enabled": {{maintenance}}, "Allow": ["127.0.0.3"], "RetryAfter": "00:02:00" }
        }
        """;

    public async ValueTask DisposeAsync()
    {
        await (_daemon?.DisposeAsync() ?? default);
        await (_app?.DisposeAsync() ?? default);
        Certificate.Dispose();
        _folder.Dispose();
    }

    private void Map(WebApplication app)
    {
        app.Map("/text", () => Results.Text(new string('a', 5000), "text/plain"));
        app.Map("/bytes", () => Results.Bytes(new byte[5000], "application/octet-stream"));
        app.Map("/busy/held", () =>
        {
            Held.TrySetResult();
            return Release.Task;
        });
        app.Map("/never/{which}", async (HttpContext context) => await Task.Delay(Timeout.Infinite, context.RequestAborted));
        int broken = 0;
        app.Map("/cached/broken", async (HttpContext context) =>
        {
            await context.Response.WriteAsync("half ");
            await context.Response.Body.FlushAsync();
            if (Interlocked.Increment(ref broken) == 1)
            {
                await BreakOff.Task;
                context.Abort();
                return;
            }

            await context.Response.WriteAsync("and the other half");
        });
        app.Map("/upstream502", () => Results.StatusCode(502));
        app.Map("/{**all}", (HttpContext context) =>
        {
            string? header = context.Request.Query["header"];
            if (header?.Split(':', 2) is [var name, var value])
            {
                context.Response.Headers[name] = value;
            }

            return Interlocked.Increment(ref _answers).ToString(System.Globalization.CultureInfo.InvariantCulture);
        });
    }
}
