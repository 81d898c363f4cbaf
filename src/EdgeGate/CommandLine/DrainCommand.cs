using System.Text.Json;

namespace EdgeGate.CommandLine;

/// <summary><c>edgegate drain</c>: has a running daemon finish what it serves, and end.</summary>
internal sealed class DrainCommand(Terminal terminal, AdminClient client)
{
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        AdminAnswer answer = await client.SendAsync(HttpMethod.Post, "/drain", cancellation);
        if (!answer.IsSuccess)
        {
            await terminal.Error.WriteLineAsync($"edgegate: {answer.Detail}");
            return ExitCode.Failed;
        }

        JsonElement body = answer.Body;
        long connections = body.GetProperty("connections").GetInt64();
        string deadline = Units.Age(body.GetProperty("deadline").GetDouble());
        await terminal.Output.WriteLineAsync(
            connections == 0
                ? "draining: no connection is open, so the daemon ends now"
                : $"draining: accepts nothing new, {Units.Count(connections, "connection")} may go on for {deadline}, then the daemon ends");
        return ExitCode.Good;
    }
}
