using EdgeGate.Http.Upstream.Framing;

namespace EdgeGate.Http.Upstream;

/// <summary>
/// A connection that has left HTTP (status 101): bytes both ways, each for itself, until its reader and writer let go.
/// </summary>
internal sealed class UpgradedStream : LiveBody
{
    internal UpgradedStream(UpstreamConnection connection, ReadOnlySpan<byte> begun, bool isInline)
        : base(connection, BodyKind.Upgraded, 0, begun, isInline) =>
        Writer = new UpstreamWriter(connection, isInline);

    public override bool CanWrite => true;

    /// <summary>Its way to the upstream.</summary>
    internal UpstreamWriter Writer { get; }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        Writer.WriteAsync(buffer, asChunk: false, isLast: false, cancellationToken);

    internal override void Fail(Exception error)
    {
        Writer.Fail(error);
        base.Fail(error);
    }

    /// <summary>The upstream says no more; it may still listen. The connection ends with this stream.</summary>
    protected override void OnEnd() => SetOver();
}
