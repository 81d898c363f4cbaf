using System.Globalization;
using EdgeGate.Benchmarks.Comparison.Peers;
using EdgeGate.Benchmarks.Comparison.Workloads;

namespace EdgeGate.Benchmarks.Comparison;

/// <summary>The arguments of <c>compare</c>.</summary>
internal sealed record ComparisonOptions
{
    internal const string Usage = """
        compare [--workloads NAME,...] [--peers NAME,...] [--without NAME,...] [--quick] [--repetitions N] [--rate N]
                       [--results DIR] [--summary FILE] [--edgegate FILE] [--native FILE]
        """;

    private const int MaxRepetitions = 1000;
    private const int MaxRate = 1_000_000;

    private IReadOnlyList<string> _workloads = WorkloadCatalog.Names;

    private ComparisonOptions()
    {
    }

    /// <summary>The proxies, by the names of <see cref="PeerCatalog"/>.</summary>
    internal IReadOnlyList<string> Peers { get; private set; } = PeerCatalog.Names;

    internal Scale Scale { get; private set; } = Scale.Full;

    internal int Repetitions { get; private set; }

    /// <summary>Requests a second of the work that is done at a fixed rate; null for a quarter of what the slowest can do.</summary>
    internal int? Rate { get; private set; }

    /// <summary>The folder that gets all files.</summary>
    internal string Results { get; private set; } = Path.Combine(
        "artifacts", $"compare-{TimeProvider.System.GetUtcNow():yyyyMMdd-HHmmss}");

    /// <summary>A file that gets the tables as well: the one to be kept.</summary>
    internal string? SummaryFile { get; private set; }

    /// <summary>The daemon: an assembly or an executable. The one that was built with this program, if not said.</summary>
    internal string EdgeGate { get; private set; } = Path.Combine(AppContext.BaseDirectory, "edgegate.dll");

    /// <summary>The daemon compiled ahead of time; null if it is still to be published.</summary>
    internal string? NativeBuild { get; private set; }

    /// <summary>The arguments as they were given.</summary>
    internal string CommandLine { get; private init; } = "";

    /// <summary>All names that may be said, for the usage.</summary>
    internal static string KnownNames =>
        $"workloads: {string.Join(' ', WorkloadCatalog.Names)}\npeers: {string.Join(' ', PeerCatalog.Names)}";

    /// <summary>The work that was asked for, in the catalog's order.</summary>
    internal Workload[] SelectWorkloads() =>
        [.. WorkloadCatalog.All(Scale, Rate).Where(work => _workloads.Contains(work.Id) || _workloads.Contains(work.Group))];

    /// <summary>Reads them; null if they are wrong, and then <paramref name="error"/> says what is.</summary>
    internal static ComparisonOptions? Parse(string[] arguments, out string? error)
    {
        var options = new ComparisonOptions { CommandLine = string.Join(' ', ["compare", .. arguments]) };
        error = null;
        for (int i = 0; i < arguments.Length && error is null; i++)
        {
            if (arguments[i] == "--quick")
            {
                options.Scale = Scale.Quick;
            }
            else
            {
                string name = arguments[i];
                error = ++i < arguments.Length ? options.Take(name, arguments[i]) : $"{name} wants a value, or is not known";
            }
        }

        options.Repetitions = options.Repetitions == 0 ? options.Scale.Repetitions : options.Repetitions;
        error ??= options.Peers.Count == 0 || options.SelectWorkloads().Length == 0 ? "nothing is left to do" : null;
        return error is null ? options : null;
    }

    private string? Take(string name, string value)
    {
        switch (name)
        {
            case "--workloads":
                _workloads = value.Split(',');
                return Unknown(_workloads, WorkloadCatalog.Names);
            case "--peers":
                string[] peers = value.Split(',');
                Peers = [.. PeerCatalog.Names.Where(peers.Contains)];
                return Unknown(peers, PeerCatalog.Names);
            case "--without":
                return Leave(value.Split(','));
            case "--repetitions":
                Repetitions = Number(value, MaxRepetitions) ?? 0;
                return Repetitions > 0 ? null : $"--repetitions {value}: 1 to {MaxRepetitions}";
            case "--rate":
                Rate = Number(value, MaxRate);
                return Rate > 0 ? null : $"--rate {value}: 1 to {MaxRate} requests a second";
            case "--results":
                Results = value;
                return File.Exists(value) ? $"--results {value}: that is a file" : null;
            case "--summary":
                SummaryFile = value;
                return Directory.Exists(value) ? $"--summary {value}: that is a folder" : null;
            case "--edgegate":
                EdgeGate = Path.GetFullPath(value);
                return File.Exists(value) ? null : $"--edgegate {value}: no such file";
            case "--native":
                NativeBuild = Path.GetFullPath(value);
                return File.Exists(value) ? null : $"--native {value}: no such file";
            default:
                return $"{name} is not known";
        }
    }

    private string? Leave(string[] names)
    {
        Peers = [.. Peers.Except(names)];
        _workloads =
        [
            .. WorkloadCatalog.All(Scale, Rate)
                .Where(work => _workloads.Contains(work.Id) || _workloads.Contains(work.Group))
                .Where(work => !names.Contains(work.Id) && !names.Contains(work.Group))
                .Select(work => work.Id),
        ];
        return Unknown(names, [.. WorkloadCatalog.Names, .. PeerCatalog.Names]);
    }

    private static string? Unknown(IEnumerable<string> names, IEnumerable<string> known) =>
        names.Except(known).FirstOrDefault() is { } name ? $"nothing is called {(name == "" ? "''" : name)}" : null;

    private static int? Number(string text, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= most ? number : null;
}
