namespace EdgeGate.Benchmarks.Comparison.Report;

/// <summary>A whole run.</summary>
/// <param name="Machine">What it was measured on.</param>
/// <param name="Options">What was asked for.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Results">What came out, in the order it was measured.</param>
internal sealed record RunReport(Machine Machine, ComparisonOptions Options, TimeSpan Took, IReadOnlyList<Result> Results);
