using System.Globalization;

namespace EdgeGate.Benchmarks.Comparison;

/// <summary>The arguments of <c>compare</c>.</summary>
internal sealed record ComparisonOptions
{
    internal const string Usage =
        "compare [--only relay|udp|http|idle] [--repetitions N] [--json FILE] [--edgegate FILE]";

    /// <summary>One group of workloads; null is all.</summary>
    internal string? Only { get; private init; }

    internal int Repetitions { get; private init; } = 3;

    /// <summary>Where all single values go.</summary>
    internal string? JsonFile { get; private init; }

    /// <summary>The daemon: an assembly or an executable. The one that was built with this program, if not said.</summary>
    internal string EdgeGate { get; private init; } = Path.Combine(AppContext.BaseDirectory, "edgegate.dll");

    /// <summary>Reads them; null if they are wrong.</summary>
    internal static ComparisonOptions? Parse(ReadOnlySpan<string> arguments)
    {
        var options = new ComparisonOptions();
        for (; arguments.Length >= 2; arguments = arguments[2..])
        {
            string value = arguments[1];
            switch (arguments[0])
            {
                case "--only" when value is "relay" or "udp" or "http" or "idle":
                    options = options with { Only = value };
                    break;
                case "--repetitions" when int.TryParse(value, CultureInfo.InvariantCulture, out int count) && count > 0:
                    options = options with { Repetitions = count };
                    break;
                case "--json":
                    options = options with { JsonFile = value };
                    break;
                case "--edgegate" when File.Exists(value):
                    options = options with { EdgeGate = Path.GetFullPath(value) };
                    break;
                default:
                    return null;
            }
        }

        return arguments.IsEmpty ? options : null;
    }
}
