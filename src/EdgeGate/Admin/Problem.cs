using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace EdgeGate.Admin;

/// <summary>How the admin address says that something is wrong: problem details, RFC 9457.</summary>
internal static class Problem
{
    public const string ContentType = "application/problem+json";

    /// <param name="context">The request.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="detail">What is wrong and what to do, as a sentence.</param>
    public static Task WriteAsync(HttpContext context, int status, string detail)
    {
        context.Response.StatusCode = status;
        return AdminJson.WriteAsync(
            context,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("title", ReasonPhrases.GetReasonPhrase(status));
                json.WriteNumber("status", status);
                json.WriteString("detail", detail);
                json.WriteEndObject();
            },
            ContentType);
    }

    /// <summary>Gives the answers that routing makes by itself a body.</summary>
    public static async Task ForEmptyErrorsAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        HttpResponse response = context.Response;
        if (response.HasStarted || response.ContentType is not null)
        {
            return;
        }

        if (response.StatusCode == StatusCodes.Status404NotFound)
        {
            await WriteAsync(context, response.StatusCode, $"There is nothing at {context.Request.Path}; /openapi.json says what there is.");
        }
        else if (response.StatusCode == StatusCodes.Status405MethodNotAllowed)
        {
            await WriteAsync(context, response.StatusCode, $"{context.Request.Path} takes {response.Headers.Allow}.");
        }
    }
}
