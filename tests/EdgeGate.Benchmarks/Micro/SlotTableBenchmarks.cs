using BenchmarkDotNet.Attributes;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport;

namespace EdgeGate.Benchmarks.Micro;

/// <summary>The slots of a loop that holds many sockets.</summary>
[MemoryDiagnoser]
public class SlotTableBenchmarks
{
    private const int Others = 10_000;

    private readonly SlotTable _slots = new();
    private readonly NoSocket _socket = new();
    private ulong _token;

    [GlobalSetup]
    public void AddTheOthers()
    {
        for (int i = 0; i < Others; i++)
        {
            _token = _slots.Add(_socket);
        }
    }

    [Benchmark]
    public void Add_and_remove() => _slots.Remove(_slots.Add(_socket));

    [Benchmark]
    public object? Find() => _slots.Find(_token);

    private sealed class NoSocket() : LoopSocket(Descriptor.None)
    {
        protected internal override void OnReadable(bool ending)
        {
        }

        protected internal override void OnWritable()
        {
        }

        protected override void OnClosed()
        {
        }
    }
}
