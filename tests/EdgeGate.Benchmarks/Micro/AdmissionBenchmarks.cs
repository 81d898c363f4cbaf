using BenchmarkDotNet.Attributes;
using EdgeGate.Transport.Admission;

namespace EdgeGate.Benchmarks.Micro;

/// <summary>What a connection pays at the gate: once, not per event.</summary>
[MemoryDiagnoser]
public class AdmissionBenchmarks
{
    private readonly AdmissionGate _gate = new(10_000, 20_000);
    private readonly AdmissionGate _fullGate = new(0, 0);
    private readonly ListenerQuota _quota = new(10_000);

    [Benchmark]
    public void Acquire_and_release() => _gate.TryAcquire(_quota, descriptors: 2)!.Dispose();

    [Benchmark]
    public bool Refuse() => _fullGate.TryAcquire(_quota, descriptors: 2) is null;
}
