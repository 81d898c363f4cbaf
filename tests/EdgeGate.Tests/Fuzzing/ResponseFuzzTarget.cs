using System.Buffers;
using EdgeGate.Http.Upstream.Framing;

namespace EdgeGate.Tests.Fuzzing;

/// <summary>An upstream's response: its head, and its body if that is chunked.</summary>
internal sealed class ResponseFuzzTarget : FuzzTarget
{
    private readonly List<HeaderField> _fields = [];
    private readonly List<HeaderField> _otherFields = [];

    public override string Name => "response";

    public override IReadOnlyList<byte[]> Seeds { get; } = Read("response-");

    public override OperationStatus Check(byte[] input, Random random)
    {
        OperationStatus whole = ResponseHead.Read(input, _fields, out ResponseHead head);
        CheckPrefixes(
            input,
            whole,
            length =>
            {
                OperationStatus status = ResponseHead.Read(input.AsSpan(0, length), _otherFields, out ResponseHead other);
                return (status, status != OperationStatus.Done
                    || (other.Length == head.Length && other.Status == head.Status && _otherFields.SequenceEqual(_fields)));
            },
            random);
        if (whole != OperationStatus.Done)
        {
            return whole;
        }

        CheckHead(input, head);
        return head.BodyAfter(toHead: false) == BodyKind.Chunked ? CheckChunks(input[head.Length..], random) : whole;
    }

    private void CheckHead(byte[] input, in ResponseHead head)
    {
        Require(head.Length <= input.Length && head.Length <= ResponseHead.MaxBytes, "a head beyond its end");
        Require(head.Status is >= 100 and <= 999, "a status that is none");
        Require(!(head.IsChunked && head.ContentLength >= 0), "two lengths");
        foreach (HeaderField field in _fields)
        {
            Require(field.NameLength > 0 && field.Value + field.ValueLength <= head.Length, "a field beyond the head");
            Require(
                field.ValueIn(input).IndexOfAny((byte)'\r', (byte)'\n', (byte)0) < 0 && field.NameIn(input).IndexOfAny((byte)' ', (byte)':') < 0,
                "a field that would be two");
        }
    }

    /// <summary>In whatever pieces a body comes, it is the same body.</summary>
    private static OperationStatus CheckChunks(byte[] input, Random random)
    {
        byte[] whole = [.. input];
        var decoder = default(ChunkedDecoder);
        OperationStatus status = decoder.Decode(whole, out int consumed, out int written);
        Require(consumed <= input.Length && written <= consumed, "more than there was");

        var pieces = default(ChunkedDecoder);
        var content = new List<byte>();
        OperationStatus last = OperationStatus.NeedMoreData;
        int at = 0;
        while (at < input.Length && last == OperationStatus.NeedMoreData)
        {
            byte[] piece = input[at..Math.Min(input.Length, at + 1 + random.Next(random.Next(8) == 0 ? 64 : 3))];
            last = pieces.Decode(piece, out int taken, out int given);
            content.AddRange(piece[..given]);
            at += taken;
        }

        Require(last == status && at == consumed, $"whole {status} after {consumed}, in pieces {last} after {at}");
        Require(content.SequenceEqual(whole[..written]), "other content in pieces");
        Require(pieces.Trailer.SequenceEqual(decoder.Trailer), "another trailer in pieces");
        return status;
    }
}
