using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace EdgeGate.Admin;

/// <summary>
/// <c>/</c>: the dashboard, one page with its style and its script within. Both are named to the browser by their hashes
/// (CSP level 3), so that whatever else may get into the page does not run.
/// </summary>
internal sealed class DashboardPage
{
    // In the order in which they build on one another.
    private static readonly string[] Scripts =
        ["format", "dom", "feed", "history", "overview", "headroom", "listeners", "upstreams", "findings", "connections", "main"];

    private readonly byte[] _page;
    private readonly string _policy;

    public DashboardPage()
    {
        string style = Text("dashboard/style.css");
        string script = "\"use strict\";\n" + string.Concat(Scripts.Select(name => Text($"dashboard/{name}.js")));
        _page = Encoding.UTF8.GetBytes(Text("dashboard/page.html")
            .Replace("/*style*/", style, StringComparison.Ordinal)
            .Replace("/*script*/", script, StringComparison.Ordinal));
        _policy = SecurityHeaders.ForPage(Hash(script), Hash(style));
    }

    public Task WriteAsync(HttpContext context)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.ContentLength = _page.Length;
        context.Response.Headers.ContentSecurityPolicy = _policy;
        return context.Response.Body.WriteAsync(_page, context.RequestAborted).AsTask();
    }

    private static string Text(string name) => Encoding.UTF8.GetString(EmbeddedFile.Read(name));

    private static string Hash(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
