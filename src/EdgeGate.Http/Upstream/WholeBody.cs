using System.Buffers;

namespace EdgeGate.Http.Upstream;

/// <summary>A response's body that came whole: its connection serves others already.</summary>
internal sealed class WholeBody : BodyStream
{
    private const int SmallBytes = 1024; // below that a pool costs more than it saves

    private readonly int _length;
    private readonly bool _isPooled;
    private byte[]? _bytes;
    private int _position;

    private WholeBody(byte[] bytes, int length, bool isPooled)
    {
        _bytes = bytes;
        _length = length;
        _isPooled = isPooled;
    }

    /// <summary>A body that holds a copy.</summary>
    internal static Stream Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return Null;
        }

        bool isPooled = bytes.Length > SmallBytes;
        byte[] copy = isPooled ? ArrayPool<byte>.Shared.Rent(bytes.Length) : new byte[bytes.Length];
        bytes.CopyTo(copy);
        return new WholeBody(copy, bytes.Length, isPooled);
    }

    public override bool CanRead => true;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        return new(Read(buffer.Span));
    }

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_bytes is null && _position < _length, this);
        int count = Math.Min(buffer.Length, _length - _position);
        if (count > 0)
        {
            _bytes.AsSpan(_position, count).CopyTo(buffer);
            _position += count;
        }

        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    protected override void Dispose(bool disposing)
    {
        // Once only: the array may be somebody else's by the second time.
        if (Interlocked.Exchange(ref _bytes, null) is { } bytes && _isPooled)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }

        base.Dispose(disposing);
    }
}
