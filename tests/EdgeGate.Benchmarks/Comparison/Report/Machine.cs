using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using EdgeGate.Benchmarks.Comparison.Peers;

namespace EdgeGate.Benchmarks.Comparison.Report;

/// <summary>What the figures were measured on.</summary>
internal static class Machine
{
    internal static string Describe(PeerSet set, ComparisonOptions options)
    {
        var text = new StringBuilder();
        text.AppendLine("## Proxies side by side").AppendLine();
        text.AppendLine(
            CultureInfo.InvariantCulture, $"- {Environment.ProcessorCount} processors, {Processor()}; {Kernel()}; loopback");
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"- {RuntimeInformation.FrameworkDescription}, workstation garbage collector; {Path.GetFileName(options.EdgeGate)}");
        text.AppendLine(CultureInfo.InvariantCulture, $"- {string.Join("; ", Versions())}");
        if (set.Missing.Count > 0)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- not installed, so not measured: {string.Join(", ", set.Missing.Distinct())}");
        }

        text.AppendLine(
            CultureInfo.InvariantCulture, $"- medians of {options.Repetitions} interleaved repetitions (smallest–largest)");
        text.AppendLine("- CPU time is the proxy's alone, with its children; in the first column, less is better");
        return text.ToString();
    }

    private static string Processor() => File.ReadLines("/proc/cpuinfo")
        .Where(line => line.StartsWith("model name", StringComparison.Ordinal))
        .Select(line => line[(line.IndexOf(':') + 1)..].Trim())
        .FirstOrDefault(RuntimeInformation.ProcessArchitecture.ToString());

    private static string Kernel() => $"Linux {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}";

    private static IEnumerable<string> Versions()
    {
        yield return $"YARP {typeof(Yarp.ReverseProxy.Forwarder.IHttpForwarder).Assembly.GetName().Version?.ToString(3)}";
        foreach (string program in new[] { "nginx", "haproxy" })
        {
            if (PeerSet.Find(program) is { } path)
            {
                yield return FirstLine(path, "-v");
            }
        }
    }

    private static string FirstLine(string program, string argument)
    {
        using var process = Process.Start(new ProcessStartInfo(program, [argument])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        string output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        return output.Split('\n')[0].Trim();
    }
}
