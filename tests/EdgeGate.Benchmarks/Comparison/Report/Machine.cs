using System.Globalization;
using System.Runtime.InteropServices;
using EdgeGate.Benchmarks.Comparison.Load;
using EdgeGate.Benchmarks.Comparison.Peers;
using Yarp.ReverseProxy.Forwarder;

namespace EdgeGate.Benchmarks.Comparison.Report;

/// <summary>What the figures were measured on, when, and with which versions.</summary>
/// <param name="Date">When it began, in UTC.</param>
/// <param name="Processor">The model.</param>
/// <param name="Processors">How many of them this program may use.</param>
/// <param name="MemoryGigabytes">The machine's memory.</param>
/// <param name="Kernel">The release.</param>
/// <param name="Versions">Of the proxies and of what they and the generators rest on.</param>
/// <param name="Missing">Proxies that were asked for and are not here, with the reason.</param>
/// <param name="CommandLine">The arguments.</param>
/// <param name="Repetitions">How many values are behind each figure.</param>
internal sealed record Machine(
    string Date, string Processor, int Processors, double MemoryGigabytes, string Kernel, IReadOnlyList<string> Versions,
    IReadOnlyList<string> Missing, string CommandLine, int Repetitions)
{
    private const double Gigabyte = 1e9;

    internal static Machine Describe(PeerSet set, ComparisonOptions options) => new(
        TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture),
        Model(),
        Environment.ProcessorCount,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Gigabyte,
        File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
        [.. ReadVersions()],
        set.Missing,
        // A path of this machine says nothing to others.
        string.Join(' ', options.CommandLine.Split(' ').Select(word => word.Contains('/') ? Path.GetFileName(word) : word)),
        options.Repetitions);

    private static string Model() => File.ReadLines("/proc/cpuinfo")
        .Where(line => line.StartsWith("model name", StringComparison.Ordinal))
        .Select(line => line[(line.IndexOf(':') + 1)..].Trim())
        .FirstOrDefault(RuntimeInformation.ProcessArchitecture.ToString());

    private static IEnumerable<string> ReadVersions()
    {
        yield return RuntimeInformation.FrameworkDescription;
        yield return $"YARP {typeof(IHttpForwarder).Assembly.GetName().Version?.ToString(3)}";
        (Tool Tool, string Argument)[] tools =
        [
            (Tool.Nginx, "-v"), (Tool.Haproxy, "-v"), (Tool.OpenSsl, "version"), (Tool.H2Load, "--version"), (Tool.Strace, "-V"),
        ];
        foreach (var (tool, argument) in tools.Where(each => each.Tool.Path is not null))
        {
            yield return tool.Run(argument).Split('\n')[0].Trim();
        }
    }
}
