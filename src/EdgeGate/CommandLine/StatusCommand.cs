using System.Globalization;
using System.Text.Json;

namespace EdgeGate.CommandLine;

/// <summary><c>edgegate status</c>: asks a running daemon how it is. Good if it is ready.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(Terminal terminal, Uri admin, CancellationToken cancellation)
    {
        using var client = new HttpClient { BaseAddress = admin, Timeout = Patience };
        try
        {
            using JsonDocument limits = JsonDocument.Parse(await client.GetStringAsync("/limits", cancellation));
            bool ready = limits.RootElement.GetProperty("ready").GetBoolean();
            JsonElement live = limits.RootElement.GetProperty("live");
            JsonElement capacity = limits.RootElement.GetProperty("capacity");
            await terminal.Output.WriteLineAsync(ready ? terminal.Green("ready") : terminal.Yellow("draining"));
            await terminal.Output.WriteLineAsync($"connections  {Use(live.GetProperty("connections"))}");
            await terminal.Output.WriteLineAsync($"descriptors  {Use(live.GetProperty("descriptors"))}");
            await terminal.Output.WriteLineAsync($"binding      {capacity.GetProperty("binding").GetString()}");
            return ready ? ExitCode.Good : ExitCode.Failed;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or JsonException or KeyNotFoundException)
        {
            await terminal.Error.WriteLineAsync(
                $"no EdgeGate answers at {admin}: {e.Message} (is it running, and is this its EdgeGate:Admin:Bind?)");
            return ExitCode.Failed;
        }
    }

    private static string Use(JsonElement element)
    {
        long used = element.GetProperty("used").GetInt64();
        long capacity = element.GetProperty("capacity").GetInt64();
        double share = capacity > 0 ? (double)used / capacity : 0;
        return string.Create(CultureInfo.InvariantCulture, $"{used:N0} of {capacity:N0} ({share:P0})");
    }
}
