using System.Diagnostics;
using System.Globalization;

namespace EdgeGate.Benchmarks.Comparison.Load;

/// <summary>A program that others wrote, and the Debian package that it comes in.</summary>
internal sealed record Tool(string Program, string Package)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    internal static Tool H2Load { get; } = new("h2load", "nghttp2-client");

    internal static Tool Wrk { get; } = new("wrk", "wrk");

    internal static Tool OpenSsl { get; } = new("openssl", "openssl");

    internal static Tool Strace { get; } = new("strace", "strace");

    internal static Tool Nginx { get; } = new("nginx", "nginx-full");

    internal static Tool Haproxy { get; } = new("haproxy", "haproxy");

    /// <summary>Where it is; null if it is not installed.</summary>
    internal string? Path { get; } = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin"
        .Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => System.IO.Path.Combine(folder, Program))
        .FirstOrDefault(File.Exists);

    /// <summary>A number of seconds as these programs take it: whole, and one at least.</summary>
    internal static string WholeSeconds(TimeSpan duration) =>
        Math.Max(1, Math.Round(duration.TotalSeconds, MidpointRounding.AwayFromZero)).ToString(CultureInfo.InvariantCulture);

    /// <summary>Starts it; what it prints is the caller's to read.</summary>
    internal Process Start(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Path ?? throw new InvalidOperationException($"{Program} is not installed"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    /// <summary>What one that was started prints until its end.</summary>
    /// <exception cref="InvalidOperationException">It fails.</exception>
    internal static async Task<string> OutputAsync(Process process)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(patience.Token);
            string output = await process.StandardOutput.ReadToEndAsync(patience.Token);
            output += await errors;
            await process.WaitForExitAsync(patience.Token);
            return process.ExitCode == 0
                ? output
                : throw new InvalidOperationException($"{process.StartInfo.FileName} ended with {process.ExitCode}:\n{output}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }

            process.Dispose();
        }
    }

    /// <summary>Runs it and returns what it prints.</summary>
    /// <exception cref="InvalidOperationException">It fails.</exception>
    internal string Run(params IEnumerable<string> arguments) => OutputAsync(Start(arguments)).GetAwaiter().GetResult();
}
