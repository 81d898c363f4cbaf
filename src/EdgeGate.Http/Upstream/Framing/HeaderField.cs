namespace EdgeGate.Http.Upstream.Framing;

/// <summary>Where a header field's name and value lie in the bytes that it was read from.</summary>
internal readonly record struct HeaderField(int Name, int NameLength, int Value, int ValueLength)
{
    internal ReadOnlySpan<byte> NameIn(ReadOnlySpan<byte> bytes) => bytes.Slice(Name, NameLength);

    internal ReadOnlySpan<byte> ValueIn(ReadOnlySpan<byte> bytes) => bytes.Slice(Value, ValueLength);
}
