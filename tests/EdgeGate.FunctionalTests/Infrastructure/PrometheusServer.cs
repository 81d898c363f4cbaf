using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>A real Prometheus with the configuration and the rules that are shipped, which scrapes each second.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly Process _process;
    private readonly HttpClient _client;
    private readonly CancellationToken _token;

    private PrometheusServer(TemporaryFolder folder, Process process, int port, CancellationToken token)
    {
        (_folder, _process, _token) = (folder, process, token);
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
    }

    /// <summary>The rules, as they are shipped.</summary>
    public static string Rules => Path.Combine(AppContext.BaseDirectory, "deploy", "prometheus", "edgegate.rules.yml");

    /// <summary>Starts one, and waits until it has scraped the daemon behind an admin address.</summary>
    public static async Task<PrometheusServer> StartAsync(int adminPort, CancellationToken token)
    {
        string program = await Tool.RequireAsync("prometheus", token);
        var folder = new TemporaryFolder();
        string shipped = await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(Rules)!, "prometheus.yml"), token);
        string file = folder.Write("prometheus.yml", shipped
            .Replace("_interval: 15s", "_interval: 1s", StringComparison.Ordinal)
            .Replace("edgegate.rules.yml", Rules, StringComparison.Ordinal)
            .Replace("127.0.0.1:9901", $"127.0.0.1:{adminPort}", StringComparison.Ordinal));
        int port = Ports.Free();
        string data = Path.Combine(folder.Path, "data");
        var process = Process.Start(new ProcessStartInfo(
            program, [$"--config.file={file}", $"--storage.tsdb.path={data}", $"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]))!;
        var server = new PrometheusServer(folder, process, port, token);
        await server.IsAboveAsync("up{job=\"edgegate\"}", 0);
        return server;
    }

    /// <summary>The first value of what a query finds; not a number if it finds nothing.</summary>
    public async Task<double> ValueAsync(string query)
    {
        try
        {
            var answer = JsonNode.Parse(await _client.GetStringAsync("/api/v1/query?query=" + Uri.EscapeDataString(query), _token))!;
            return answer["data"]!["result"]!.AsArray() is [var first, ..]
                ? double.Parse((string)first!["value"]![1]!, CultureInfo.InvariantCulture)
                : double.NaN;
        }
        catch (HttpRequestException)
        {
            return double.NaN; // not up yet
        }
    }

    /// <summary>Waits until a query finds more than so much.</summary>
    public Task IsAboveAsync(string query, double least) => Until.TrueAsync(
        async () => await ValueAsync(query) > least, TimeSpan.FromSeconds(30), $"{query} to be above {least} in Prometheus");

    /// <summary>The names of all metrics that it knows.</summary>
    public async Task<HashSet<string>> NamesAsync() =>
        [.. JsonNode.Parse(await _client.GetStringAsync("/api/v1/label/__name__/values", _token))!["data"]!.AsArray().Select(name => (string)name!)];

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _folder.Dispose();
    }
}
