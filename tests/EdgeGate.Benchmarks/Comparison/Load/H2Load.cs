using System.Globalization;
using System.Text.RegularExpressions;
using EdgeGate.Benchmarks.Comparison.Upstream;

namespace EdgeGate.Benchmarks.Comparison.Load;

/// <summary>Small GETs over HTTP/2 with prior knowledge, by h2load.</summary>
internal sealed partial class H2Load(int port) : ILoad
{
    internal const int Connections = 8;
    internal const int StreamsAtOnce = 8;

    /// <inheritdoc/>
    public long RunFor(TimeSpan duration)
    {
        string output = Tool.H2Load.Run(
            "--threads=1", $"--clients={Connections}", $"--max-concurrent-streams={StreamsAtOnce}",
            string.Create(CultureInfo.InvariantCulture, $"--duration={duration.TotalMilliseconds:0}ms"),
            $"http://127.0.0.1:{port}{HttpConnection.SmallPath}");
        Match requests = Requests().Match(output);
        Match statuses = Statuses().Match(output);
        long succeeded = long.Parse(requests.Groups["succeeded"].ValueSpan, CultureInfo.InvariantCulture);
        return succeeded > 0 && requests.Groups["failed"].Value == "0" && statuses.Success
            ? succeeded
            : throw new InvalidDataException($"h2load: {output}");
    }

    public void Dispose()
    {
        // A process of its own for each run.
    }

    [GeneratedRegex(@"requests:.* (?<succeeded>\d+) succeeded, (?<failed>\d+) failed.*")]
    private static partial Regex Requests();

    [GeneratedRegex(@"status codes: \d+ 2xx, 0 3xx, 0 4xx, 0 5xx")]
    private static partial Regex Statuses();
}
