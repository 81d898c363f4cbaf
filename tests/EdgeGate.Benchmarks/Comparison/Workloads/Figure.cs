namespace EdgeGate.Benchmarks.Comparison.Workloads;

/// <summary>One number that a workload gives.</summary>
/// <param name="Name">What it is, with its unit.</param>
/// <param name="Format">How it is written.</param>
internal sealed record Figure(string Name, string Format = "0.0");
