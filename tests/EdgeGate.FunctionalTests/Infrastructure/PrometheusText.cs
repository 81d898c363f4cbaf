using System.Globalization;
using System.Text.RegularExpressions;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>A scrape in Prometheus' text format; a line that is not of it fails the test.</summary>
internal sealed partial class PrometheusText
{
    private readonly List<Sample> _samples = [];

    public PrometheusText(string text)
    {
        foreach (string line in text.Split('\n').Where(line => line.Length > 0 && line != "# EOF"))
        {
            if (line.StartsWith('#'))
            {
                Assert.Matches(CommentLine(), line);
                continue;
            }

            var match = SampleLine().Match(line);
            Assert.True(match.Success, "not a sample: " + line);
            var labels = Label().Matches(match.Groups["labels"].Value)
                .ToDictionary(label => label.Groups["name"].Value, label => label.Groups["value"].Value);
            _samples.Add(new Sample(match.Groups["name"].Value, labels, Value(match.Groups["value"].Value)));
        }
    }

    /// <summary>Names of the series, as they stand: a histogram's are those of its parts.</summary>
    public IEnumerable<string> Names => _samples.Select(sample => sample.Name).Distinct();

    /// <summary>The sum over all series of a name that carry the given labels; 0 when there is none.</summary>
    public double Sum(string name, params (string Name, string Value)[] labels) => _samples
        .Where(s => s.Name == name && labels.All(l => s.Labels.GetValueOrDefault(l.Name) == l.Value))
        .Sum(s => s.Value);

    /// <summary>The values that one label takes in the series of a name.</summary>
    public string[] LabelValues(string name, string label) => [.. _samples
        .Where(s => s.Name == name && s.Labels.ContainsKey(label)).Select(s => s.Labels[label]).Distinct()];

    /// <summary>The labels of a name's series, less the exporter's own.</summary>
    public string[] LabelNames(string name) => [.. _samples
        .Where(s => s.Name == name).SelectMany(s => s.Labels.Keys).Distinct()
        .Where(l => !l.StartsWith("otel_", StringComparison.Ordinal) && l != "le").Order()];

    private static double Value(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    [GeneratedRegex("""^# (TYPE [a-zA-Z_:][\w:]* (counter|gauge|histogram|summary|untyped|unknown|info)|(HELP|UNIT) [a-zA-Z_:][\w:]* .*)$""")]
    private static partial Regex CommentLine();

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][\w:]*)(\{(?<labels>([a-zA-Z_]\w*="([^"\\]|\\.)*",?)*)\})? (?<value>\S+)( \d+)?$""")]
    private static partial Regex SampleLine();

    [GeneratedRegex("""(?<name>[a-zA-Z_]\w*)="(?<value>([^"\\]|\\.)*)",?""")]
    private static partial Regex Label();

    private sealed record Sample(string Name, Dictionary<string, string> Labels, double Value);
}
