using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>The real daemon as a child process: what it says, what it holds, how it ends.</summary>
internal sealed class DaemonProcess : IAsyncDisposable
{
    private static readonly string Assembly = Path.Combine(AppContext.BaseDirectory, "edgegate.dll");

    private readonly StringBuilder _output = new();
    private readonly DirectoryInfo _folder;
    private readonly Process _process;

    private DaemonProcess(DirectoryInfo folder, int adminPort, ProcessStartInfo start, NetworkNamespace? network)
    {
        _folder = folder;
        Admin = new HttpClient(network?.Handler() ?? new SocketsHttpHandler()) { BaseAddress = new Uri($"http://127.0.0.1:{adminPort}"), Timeout = TimeSpan.FromSeconds(20) };
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        if (network is null)
        {
            _process.Start();
        }
        else
        {
            network.Do(_process.Start);
        }

        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>A client of its admin address.</summary>
    public HttpClient Admin { get; }

    public bool HasExited => _process.HasExited;

    /// <summary>All that it wrote so far, both streams.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public int Id => _process.Id;

    /// <summary>Descriptors open now.</summary>
    public int Descriptors => Directory.GetFileSystemEntries($"/proc/{_process.Id}/fd").Length;

    /// <summary>Bytes of memory of its own (RssAnon).</summary>
    public long AnonymousMemory => 1024 * long.Parse(
        File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    /// <summary>Processor time used so far, user and system.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    private string ConfigurationFile => Path.Combine(_folder.FullName, "edgegate.json");

    /// <summary>
    /// Starts the daemon, with a descriptor limit of its own if it is not to have ours, and waits until it is ready;
    /// fails with its output when it ends instead.
    /// </summary>
    public static async Task<DaemonProcess> StartAsync(
        DaemonConfiguration configuration,
        int? descriptors = null,
        IDictionary<string, string?>? environment = null,
        NetworkNamespace? network = null)
    {
        var daemon = Launch(configuration, descriptors, environment, network);
        try
        {
            await daemon.ReadyAsync();
            return daemon;
        }
        catch
        {
            TestContext.Current.TestOutputHelper?.WriteLine(daemon.Output);
            await daemon.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a daemon that takes over from the one that runs with that configuration, and does not wait.</summary>
    public static DaemonProcess TakeOver(DaemonConfiguration configuration, IDictionary<string, string?>? environment = null)
    {
        var folder = Directory.CreateTempSubdirectory("edgegate-daemon-");
        var file = Path.Combine(folder.FullName, "edgegate.json");
        File.WriteAllText(file, configuration.ToString());
        return Launch(folder, configuration.AdminPort, ["run", "--takeover", "--config", file], null, environment, network: null);
    }

    /// <summary>Starts the daemon and does not wait: for those that are not to come up.</summary>
    public static DaemonProcess Launch(
        DaemonConfiguration configuration,
        int? descriptors = null,
        IDictionary<string, string?>? environment = null,
        NetworkNamespace? network = null)
    {
        var folder = Directory.CreateTempSubdirectory("edgegate-daemon-");
        var file = Path.Combine(folder.FullName, "edgegate.json");
        File.WriteAllText(file, configuration.ToString());
        return Launch(folder, configuration.AdminPort, ["run", "--config", file], descriptors, environment, network);
    }

    /// <summary>
    /// Has another program start the daemon, which does so in its own process (exec), and does not wait.
    /// </summary>
    public static DaemonProcess LaunchThrough(
        string[] starter, DaemonConfiguration configuration, IDictionary<string, string?>? environment = null)
    {
        var folder = Directory.CreateTempSubdirectory("edgegate-daemon-");
        var file = Path.Combine(folder.FullName, "edgegate.json");
        File.WriteAllText(file, configuration.ToString());
        return Start(
            folder, configuration.AdminPort, [.. starter, "dotnet", Assembly, "run", "--config", file], environment);
    }

    /// <summary>Starts a command that serves on the default admin port and needs no configuration file.</summary>
    public static DaemonProcess Launch(string command) =>
        Launch(Directory.CreateTempSubdirectory("edgegate-daemon-"), 9901, [command], null, null, null);

    /// <summary>Runs one command of the executable to its end.</summary>
    public static Task<ToolResult> RunAsync(CancellationToken token, params string[] arguments) =>
        Tool.RunAsync("dotnet", [Assembly, .. arguments], token);

    /// <summary>Replaces its configuration file; it hears of that by a signal.</summary>
    public Task WriteConfigurationAsync(string json) => File.WriteAllTextAsync(ConfigurationFile, json);

    /// <summary>Replaces its configuration file, which is enough where it watches it.</summary>
    public void WriteConfiguration(string json) => File.WriteAllText(ConfigurationFile, json);

    /// <summary>Sends a signal by name, TERM or HUP, to this process alone.</summary>
    public async Task SignalAsync(string signal) => (await Tool.RunAsync(
        "kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)], CancellationToken.None)).AssertSuccess();

    /// <summary>Takes descriptors away from it while it runs; what is open stays open.</summary>
    public async Task LimitDescriptorsAsync(int limit) => (await Tool.RunAsync(
        "prlimit", ["--pid", $"{_process.Id}", $"--nofile={limit}:{limit}"], CancellationToken.None)).AssertSuccess();

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitAsync(TimeSpan? limit = null)
    {
        using var deadline = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(20));
        await _process.WaitForExitAsync(deadline.Token);
        return _process.ExitCode;
    }

    /// <summary>Waits until it is ready; fails with its output when it ends instead.</summary>
    public Task ReadyAsync() => Until.TrueAsync(IsReadyAsync, TimeSpan.FromSeconds(30), "the daemon to become ready");

    /// <summary>Whether it is ready; fails when it has ended.</summary>
    public async Task<bool> IsReadyAsync()
    {
        Assert.False(HasExited, "the daemon ended:\n" + Output);
        try
        {
            using var answer = await Admin.GetAsync("/readyz");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public async Task<PrometheusText> MetricsAsync() => new(await Admin.GetStringAsync("/metrics"));

    /// <summary>Waits until a metric's sum over its series is what it must be.</summary>
    public Task MetricAsync(string name, double expected, params (string Name, string Value)[] labels) =>
        MetricAsync(name, value => value == expected, labels);

    /// <summary>Waits until a metric's sum over its series satisfies a condition: a scrape may be cached.</summary>
    public async Task MetricAsync(string name, Func<double, bool> holds, params (string Name, string Value)[] labels)
    {
        double last = double.NaN;
        try
        {
            await Until.TrueAsync(async () => holds(last = (await MetricsAsync()).Sum(name, labels)), TimeSpan.FromSeconds(10));
        }
        catch (Xunit.Sdk.TrueException)
        {
            Assert.Fail($"{name} {string.Join(',', labels)} stayed at {last}");
        }
        catch (HttpRequestException e)
        {
            Assert.Fail($"{e.Message}; the daemon {(HasExited ? "ended" : "said")}:\n{Output}");
        }
    }

    public async Task<JsonArray> ConnectionsAsync(string query = "") =>
        JsonNode.Parse(await Admin.GetStringAsync("/connections" + query))!.AsArray();

    /// <summary>What it says of one cluster.</summary>
    public async Task<JsonNode> ClusterAsync(string id) =>
        JsonNode.Parse(await Admin.GetStringAsync("/clusters"))!.AsArray().Single(c => (string?)c!["id"] == id)!;

    /// <summary>What it says of one destination.</summary>
    public async Task<JsonNode> DestinationAsync(string cluster, string id) =>
        (await ClusterAsync(cluster))["destinations"]!.AsArray().Single(d => (string?)d!["id"] == id)!;

    /// <summary>How many connections it says it holds at once.</summary>
    public async Task<int> CapacityAsync() =>
        (int)JsonNode.Parse(await Admin.GetStringAsync("/limits"))!["capacity"]!["maxConnections"]!;

    /// <summary>Waits until it has written a text.</summary>
    public Task SaysAsync(string text) =>
        Until.TrueAsync(() => Output.Contains(text, StringComparison.Ordinal), what: $"the daemon to say: {text}");

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Admin.Dispose();
        _folder.Delete(recursive: true);
    }

    private static DaemonProcess Launch(
        DirectoryInfo folder,
        int adminPort,
        string[] arguments,
        int? descriptors,
        IDictionary<string, string?>? environment,
        NetworkNamespace? network = null)
    {
        string[] command = ["dotnet", Assembly, .. arguments];
        if (descriptors is { } limit)
        {
            command = ["prlimit", $"--nofile={limit}:{limit}", .. command];
        }

        return Start(folder, adminPort, command, environment, network);
    }

    private static DaemonProcess Start(
        DirectoryInfo folder,
        int adminPort,
        string[] command,
        IDictionary<string, string?>? environment,
        NetworkNamespace? network = null)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        return new DaemonProcess(folder, adminPort, start, network);
    }

    private void Append(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }
}
