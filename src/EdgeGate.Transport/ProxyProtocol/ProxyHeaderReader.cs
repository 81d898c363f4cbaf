using System.Buffers;

namespace EdgeGate.Transport.ProxyProtocol;

/// <summary>
/// Collects one connection's PROXY header, which may come byte by byte or together with data. It holds a buffer only
/// while a header has begun and not ended. Used on the connection's loop.
/// </summary>
public sealed class ProxyHeaderReader
{
    private byte[]? _held;
    private int _length;

    /// <summary>Whether part of a header waits for the rest.</summary>
    public bool IsHolding => _held is not null;

    /// <summary>Reads on.</summary>
    /// <param name="buffers">The loop's buffers.</param>
    /// <param name="bytes">What has come; what follows the header is left in it.</param>
    /// <param name="header">The header, where the result is <see cref="OperationStatus.Done"/>.</param>
    public OperationStatus Read(LoopBufferPool buffers, scoped ref ReadOnlySpan<byte> bytes, out ProxyHeader header)
    {
        int before = _length;
        OperationStatus status = ProxyHeader.Parse(_held is null ? bytes : Hold(buffers, bytes), out header);
        if (status == OperationStatus.NeedMoreData)
        {
            if (_held is null && !bytes.IsEmpty)
            {
                Hold(buffers, bytes);
            }

            bytes = default;
            return status;
        }

        bytes = status == OperationStatus.Done ? bytes[(header.Length - before)..] : default;
        Discard(buffers);
        return status;
    }

    /// <summary>Gives back what is held.</summary>
    public void Discard(LoopBufferPool buffers)
    {
        if (_held is { } held)
        {
            _held = null;
            _length = 0;
            buffers.Return(held);
        }
    }

    // A header fits, so what does not fit behind it is not its.
    private ReadOnlySpan<byte> Hold(LoopBufferPool buffers, ReadOnlySpan<byte> bytes)
    {
        _held ??= buffers.Rent(ProxyHeader.MaxBytes);
        int taken = Math.Min(bytes.Length, _held.Length - _length);
        bytes[..taken].CopyTo(_held.AsSpan(_length));
        _length += taken;
        return _held.AsSpan(0, _length);
    }
}
