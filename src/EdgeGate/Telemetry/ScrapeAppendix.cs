using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace EdgeGate.Telemetry;

/// <summary>Appends text of our own to what the exporter answers to a scrape, before OpenMetrics' end mark.</summary>
/// <param name="path">Where the exporter answers.</param>
/// <param name="text">What to append, in the text format.</param>
internal sealed class ScrapeAppendix(PathString path, Func<string> text) : IStartupFilter
{
    private static readonly byte[] EndMark = "# EOF\n"u8.ToArray();

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(inner => context => IsScrape(context.Request) ? AnswerAsync(context, inner) : inner(context));
        next(app);
    };

    private bool IsScrape(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Path.Equals(path, StringComparison.OrdinalIgnoreCase);

    private async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        Stream body = context.Response.Body;
        using var scrape = new MemoryStream();
        context.Request.Headers.AcceptEncoding = default; // what is compressed cannot be appended to
        context.Response.Body = scrape;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = body;
        }

        ReadOnlyMemory<byte> answer = scrape.GetBuffer().AsMemory(0, (int)scrape.Length);
        byte[] more = context.Response.StatusCode == StatusCodes.Status200OK ? Encoding.UTF8.GetBytes(text()) : [];
        bool marked = answer.Span.EndsWith(EndMark);
        ReadOnlyMemory<byte> rest = marked ? EndMark : default;
        ReadOnlyMemory<byte> first = marked ? answer[..^EndMark.Length] : answer;
        if (context.Response.ContentLength is not null)
        {
            context.Response.ContentLength = answer.Length + more.Length;
        }

        foreach (ReadOnlyMemory<byte> part in new[] { first, more, rest })
        {
            await body.WriteAsync(part, context.RequestAborted);
        }
    }
}
