using System.Buffers;
using BenchmarkDotNet.Attributes;
using EdgeGate.Http.Upstream.Framing;
using EdgeGate.Tests.Fuzzing;

namespace EdgeGate.Benchmarks.Micro;

/// <summary>What an answer of an HTTP upstream pays for being read: nanoseconds, and no allocation.</summary>
[MemoryDiagnoser]
public class FramingBenchmarks
{
    private readonly List<HeaderField> _fields = [];
    private byte[] _answer = [];
    private byte[] _upgrade = [];
    private byte[] _chunks = [];
    private byte[] _scratch = [];

    [GlobalSetup]
    public void Prepare()
    {
        _answer = FuzzTarget.Read("response-length").Single();
        _upgrade = FuzzTarget.Read("response-upgrade").Single();
        byte[] chunked = FuzzTarget.Read("response-chunked").Single();
        if (ResponseHead.Read(chunked, _fields, out ResponseHead head) != OperationStatus.Done)
        {
            throw new InvalidDataException("the seed is no response");
        }

        _chunks = chunked[head.Length..];
        _scratch = new byte[_chunks.Length];
        _ = Chunks();
    }

    [Benchmark]
    public OperationStatus Head() => ResponseHead.Read(_answer, _fields, out _);

    [Benchmark]
    public OperationStatus Head_of_an_upgrade() => ResponseHead.Read(_upgrade, _fields, out _);

    // The bytes come anew each time, because they are decoded where they lie.
    [Benchmark]
    public OperationStatus Chunks()
    {
        _chunks.CopyTo(_scratch, 0);
        var decoder = default(ChunkedDecoder);
        OperationStatus status = decoder.Decode(_scratch, out _, out _);
        return status == OperationStatus.Done ? status : throw new InvalidDataException("the body is not whole");
    }
}
