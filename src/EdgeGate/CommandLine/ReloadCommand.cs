using System.Net;
using System.Text.Json;

namespace EdgeGate.CommandLine;

/// <summary><c>edgegate reload</c>: has a running daemon read its configuration again, and says what came of it.</summary>
internal sealed class ReloadCommand(Terminal terminal, AdminClient client)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1); // names are resolved, certificates are read

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        AdminAnswer answer = await client.SendAsync(HttpMethod.Post, "/reload", cancellation, Patience);
        if (answer.IsSuccess)
        {
            WriteTaken(answer.Body);
            return ExitCode.Good;
        }

        if (answer.Status == HttpStatusCode.UnprocessableEntity && answer.Body.TryGetProperty("errors", out JsonElement errors))
        {
            terminal.Error.WriteLine($"edgegate: {answer.Body.GetProperty("source").GetString()} was refused, and the old configuration serves on:");
            WriteProblems(errors, terminal.Red("error"));
            WriteProblems(answer.Body.GetProperty("warnings"), terminal.Yellow("warning"));
            terminal.Error.WriteLine("Mend it, try it with 'edgegate check --config FILE', and reload again.");
        }
        else
        {
            terminal.Error.WriteLine($"edgegate: {answer.Detail}");
        }

        return ExitCode.Failed;
    }

    private void WriteTaken(JsonElement body)
    {
        terminal.Output.WriteLine($"{terminal.Green("reloaded")} {body.GetProperty("source").GetString()}");
        bool any = false;
        foreach (string kind in new[] { "listeners", "routes", "clusters" })
        {
            foreach (JsonProperty change in body.GetProperty(kind).EnumerateObject().Where(c => c.Value.GetArrayLength() > 0))
            {
                any = true;
                terminal.Output.WriteLine($"  {kind} {change.Name}: {string.Join(", ", Texts(change.Value))}");
            }
        }

        if (!any)
        {
            terminal.Output.WriteLine("  no listener, route or cluster has changed");
        }

        foreach (string section in Texts(body.GetProperty("needRestart")))
        {
            terminal.Output.WriteLine($"  {terminal.Yellow("restart")}: {section} has changed, and takes effect at the next start");
        }

        foreach (string kept in Texts(body.GetProperty("keptCertificates")))
        {
            terminal.Output.WriteLine($"  {terminal.Yellow("certificate kept")}: {kept}");
        }

        WriteProblems(body.GetProperty("warnings"), terminal.Yellow("warning"));
    }

    private void WriteProblems(JsonElement problems, string label)
    {
        foreach (JsonElement problem in problems.EnumerateArray())
        {
            string place = problem.GetProperty("source").GetString()!;
            if (problem.GetProperty("line") is { ValueKind: JsonValueKind.Number } line)
            {
                place += $":{line}";
            }

            string path = problem.GetProperty("path").GetString()!;
            terminal.Error.WriteLine($"  {label}  {place}: {(path.Length > 0 ? path + ": " : "")}{problem.GetProperty("message").GetString()}");
        }
    }

    private static IEnumerable<string> Texts(JsonElement list) => list.EnumerateArray().Select(text => text.GetString()!);
}
