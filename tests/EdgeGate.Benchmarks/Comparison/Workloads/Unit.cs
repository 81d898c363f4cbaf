namespace EdgeGate.Benchmarks.Comparison.Workloads;

/// <summary>What the work of a proxy is counted in.</summary>
/// <param name="Cost">The name of CPU time for one.</param>
/// <param name="CostScale">Seconds for one of what a load counts, times this, is that.</param>
/// <param name="CostFormat">How it is written.</param>
/// <param name="Rate">The name of how many there are a second.</param>
/// <param name="RateScale">What a load counts a second, times this, is that.</param>
/// <param name="RateFormat">How it is written.</param>
internal sealed record Unit(
    string Cost, double CostScale, string CostFormat, string Rate, double RateScale = 1, string RateFormat = "#,0")
{
    internal static Unit Request { get; } = new("CPU µs/request", 1e6, "0.0", "requests/s");

    internal static Unit Exchange { get; } = new("CPU µs/exchange", 1e6, "0.0", "exchanges/s");

    internal static Unit Message { get; } = new("CPU µs/message and answer", 1e6, "0.0", "of them/s");

    internal static Unit Connection { get; } = new("CPU µs/connection", 1e6, "0", "connections/s");

    internal static Unit Gigabyte { get; } = new("CPU s/GB", 1e9, "0.000", "GB/s", 1e-9, "0.00");

    internal IReadOnlyList<Figure> Figures { get; } =
        [new(Cost, CostFormat), new("of it user", CostFormat), new("of it system", CostFormat), new(Rate, RateFormat)];
}
