using System.Diagnostics;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>Programs that the tests talk to or through: nginx, curl, h2load, wrk.</summary>
internal static class Tool
{
    private static readonly SemaphoreSlim Installing = new(1);

    private static readonly Dictionary<string, string> Packages = new()
    {
        ["nginx"] = "nginx-full",
        ["h2load"] = "nghttp2-client",
        ["promtool"] = "prometheus",
        ["chromedriver"] = "chromium-driver",
        ["dig"] = "bind9-dnsutils",
        ["dnsmasq"] = "dnsmasq-base",
        ["systemd-analyze"] = "systemd",
        ["systemd-socket-activate"] = "systemd",
        ["man"] = "man-db",
        ["setpriv"] = "util-linux",
        ["redis-cli"] = "redis-tools",
        ["testssl"] = "testssl.sh",
        ["redis-benchmark"] = "redis-tools",
        ["htpasswd"] = "apache2-utils",
    };

    /// <summary>Finds a program, installs its package when run as root, or skips the test with the reason.</summary>
    /// <returns>The program's path.</returns>
    public static async Task<string> RequireAsync(string program, CancellationToken token)
    {
        if (Find(program) is { } found)
        {
            return found;
        }

        var package = Packages.GetValueOrDefault(program, program);
        if (Environment.UserName == "root" && Find("apt-get") is { } aptGet)
        {
            await Installing.WaitAsync(token);
            try
            {
                await RunAsync(aptGet, ["install", "-y", "--no-install-recommends", package], token);
            }
            finally
            {
                Installing.Release();
            }
        }

        var installed = Find(program);
        if (installed is null)
        {
            Assert.Skip($"{program} is missing: install the package {package}, or run as root");
        }

        return installed;
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<ToolResult> RunAsync(
        string program, IReadOnlyList<string> arguments, CancellationToken token)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(token);
            var error = process.StandardError.ReadToEndAsync(token);
            await process.WaitForExitAsync(token);
            return new ToolResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
