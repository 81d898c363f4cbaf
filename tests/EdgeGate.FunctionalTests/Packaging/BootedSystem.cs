using System.Diagnostics;
using EdgeGate.FunctionalTests.Infrastructure;

namespace EdgeGate.FunctionalTests.Packaging;

/// <summary>A Debian that systemd has booted, in a network of the test's. What is written to it goes with it.</summary>
internal sealed class BootedSystem : IAsyncDisposable
{
    private readonly Process _starter;
    private readonly string _id;
    private readonly CancellationToken _token;

    private BootedSystem(Process starter, string id, CancellationToken token) => (_starter, _id, _token) = (starter, id, token);

    /// <summary>Its root, as this process reaches it.</summary>
    public string Root => $"/proc/{_id}/root";

    /// <summary>Boots it, or skips the test where no systemd can be booted, with the reason.</summary>
    public static async Task<BootedSystem> StartAsync(string root, NetworkNamespace network, CancellationToken token)
    {
        Process starter = network.Do(() => Process.Start(new ProcessStartInfo("bash", [DebianRoot.Script("boot.sh"), root])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }))!;
        string? id = await starter.StandardOutput.ReadLineAsync(token);
        if (id is null)
        {
            string why = await starter.StandardError.ReadToEndAsync(token);
            Assert.Skip($"no systemd can be booted here: {why.Trim()}");
        }

        return new BootedSystem(starter, id!, token);
    }

    /// <summary>Runs a command there, as root, to its end.</summary>
    public Task<ToolResult> TryAsync(params string[] command) => Tool.RunAsync(
        "nsenter",
        ["--target", _id, "--mount", "--pid", "--net", "--uts", "--ipc", "--cgroup", "--root", "--wd", "env", "-i",
            "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C", .. command],
        _token);

    /// <summary>Runs a command there that must succeed.</summary>
    /// <returns>What it prints.</returns>
    public async Task<string> RunAsync(params string[] command)
    {
        ToolResult result = await TryAsync(command);
        if (result.ExitCode != 0)
        {
            ToolResult journal = await TryAsync("journalctl", "--boot", "--no-pager", "--lines", "60");
            Assert.Fail($"{string.Join(' ', command)}: exit code {result.ExitCode}\n{result.Output}\n{result.Error}\n{journal.Output}");
        }

        return result.Output.Trim();
    }

    /// <summary>A property of the daemon's unit, as systemd knows it.</summary>
    public Task<string> ShowAsync(string property, string unit = "edgegate.service") =>
        RunAsync("systemctl", "show", "--value", "--property", property, unit);

    /// <summary>What the kernel says of the daemon's main process: a file of its /proc folder.</summary>
    public async Task<string> ProcessAsync(string file) =>
        await File.ReadAllTextAsync($"{Root}/proc/{await ShowAsync("MainPID")}/{file}", _token);

    public void Write(string path, string content) => File.WriteAllText(Root + path, content);

    public async ValueTask DisposeAsync()
    {
        _starter.StandardInput.Close();
        await _starter.WaitForExitAsync(CancellationToken.None);
        _starter.Dispose();
    }
}
