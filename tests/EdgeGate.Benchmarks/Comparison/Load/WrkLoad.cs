using System.Globalization;
using System.Text.RegularExpressions;

namespace EdgeGate.Benchmarks.Comparison.Load;

/// <summary>GETs over https that keep their connections, by wrk.</summary>
internal sealed partial class WrkLoad(int port, string path, int connections, int bytesEach = 1) : ILoad
{
    /// <summary>Requests, or bytes if it was told how many one gets.</summary>
    public long RunFor(TimeSpan duration)
    {
        string output = Tool.Wrk.Run(
            "--threads=1", $"--connections={connections}", $"--duration={Tool.WholeSeconds(duration)}s",
            $"https://127.0.0.1:{port}{path}");
        return Requests().Match(output) is { Success: true } match && !output.Contains("Non-2xx", StringComparison.Ordinal)
            && !output.Contains("Socket errors", StringComparison.Ordinal)
            && long.Parse(match.ValueSpan, CultureInfo.InvariantCulture) is > 0 and var requests
            ? requests * bytesEach
            : throw new InvalidDataException($"wrk:\n{output}");
    }

    public void Dispose()
    {
        // A process of its own for each run.
    }

    [GeneratedRegex(@"\d+(?= requests in )")]
    private static partial Regex Requests();
}
