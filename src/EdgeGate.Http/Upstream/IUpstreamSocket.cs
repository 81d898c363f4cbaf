namespace EdgeGate.Http.Upstream;

/// <summary>A stream socket to an upstream, used on its loop's thread only.</summary>
public interface IUpstreamSocket
{
    /// <summary>Reads what is there.</summary>
    /// <returns>Bytes read; 0 without an error is the end of the stream.</returns>
    SocketResult Receive(Span<byte> buffer);

    /// <summary>Writes what the kernel takes.</summary>
    /// <returns>Bytes taken, at most the buffer's length.</returns>
    SocketResult Send(ReadOnlySpan<byte> bytes);

    /// <summary>Closes it. A second call does nothing.</summary>
    /// <param name="reset">Whether the upstream gets a reset.</param>
    void Close(bool reset);
}
