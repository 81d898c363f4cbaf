using System.Buffers;
using System.Buffers.Binary;

namespace EdgeGate.Layer4.Tls;

/// <summary>
/// What a TLS client says first, as far as routing needs it: the server's name (RFC 6066, section 3) and the
/// application protocols (RFC 7301). The message (RFC 8446, section 4.1.2; the same form since TLS 1.0) is read and
/// never answered.
/// </summary>
internal readonly ref struct ClientHello
{
    /// <summary>The longest handshake message that is read.</summary>
    internal const int MaxMessageBytes = 16 * 1024;

    /// <summary>The most that is read on the wire: such a message, and the headers of all records but very small ones.</summary>
    internal const int MaxWireBytes = MaxMessageBytes + 8 * 1024;

    /// <summary>The longest server name: a DNS name has at most 253 characters (RFC 1035, section 2.3.4).</summary>
    internal const int MaxNameBytes = 255;

    private const int RecordStartBytes = 5;
    private const int MaxRecordBytes = 16 * 1024;
    private const byte HandshakeRecord = 22;
    private const byte MajorVersion = 3; // of SSL 3.0 and every TLS; the minor one is to be ignored

    private ClientHello(ReadOnlySpan<byte> serverName, ReadOnlySpan<byte> protocols)
    {
        ServerName = serverName;
        Protocols = protocols;
    }

    /// <summary>The name as the client wrote it, in ASCII; empty where it named none.</summary>
    internal ReadOnlySpan<byte> ServerName { get; }

    /// <summary>The application protocols, the client's favourite first: each a length byte and as many bytes.</summary>
    internal ReadOnlySpan<byte> Protocols { get; }

    /// <summary>Reads the message that a connection begins with; allocates nothing.</summary>
    /// <param name="wire">All that has come so far, perhaps with what follows the message.</param>
    /// <param name="scratch">
    /// Takes the message where it comes in several records: <see cref="MaxMessageBytes"/>. The result may lie in it.
    /// </param>
    /// <param name="hello">The message, where the result is <see cref="OperationStatus.Done"/>.</param>
    /// <returns>
    /// <see cref="OperationStatus.NeedMoreData"/> until the bytes decide; more bytes never change a decision.
    /// </returns>
    internal static OperationStatus Read(ReadOnlySpan<byte> wire, Span<byte> scratch, out ClientHello hello)
    {
        hello = default;
        ReadOnlySpan<byte> considered = wire[..Math.Min(wire.Length, MaxWireBytes)];
        OperationStatus status = Unwrap(considered, scratch, out ReadOnlySpan<byte> message);
        if (status != OperationStatus.InvalidData)
        {
            status = ReadMessage(message, out hello);
        }

        return status == OperationStatus.NeedMoreData && wire.Length >= MaxWireBytes
            ? OperationStatus.InvalidData
            : status;
    }

    /// <summary>
    /// Takes the message out of its records (RFC 8446, section 5.1), as far as they have come: a slice of the first
    /// where that holds it all, which is the rule.
    /// </summary>
    private static OperationStatus Unwrap(ReadOnlySpan<byte> wire, Span<byte> scratch, out ReadOnlySpan<byte> message)
    {
        message = default;
        while (!HelloMessage.IsComplete(message))
        {
            if (!MayBeRecord(wire))
            {
                return OperationStatus.InvalidData;
            }

            if (wire.Length <= RecordStartBytes)
            {
                return OperationStatus.NeedMoreData;
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(wire[3..]);
            ReadOnlySpan<byte> content = wire.Slice(RecordStartBytes, Math.Min(length, wire.Length - RecordStartBytes));
            message = message.IsEmpty ? content : Join(message, content, scratch);
            wire = wire[(RecordStartBytes + content.Length)..];
            if (content.Length < length)
            {
                return OperationStatus.NeedMoreData;
            }
        }

        return OperationStatus.Done;
    }

    // Judges each byte of a record's start as soon as it is there. A handshake record is never empty.
    private static bool MayBeRecord(ReadOnlySpan<byte> wire) =>
        (wire.Length < 1 || wire[0] == HandshakeRecord)
        && (wire.Length < 2 || wire[1] == MajorVersion)
        && (wire.Length < RecordStartBytes
            || BinaryPrimitives.ReadUInt16BigEndian(wire[3..]) is > 0 and <= MaxRecordBytes);

    // What does not fit lies behind the longest message that is read, and nobody asks for it.
    private static ReadOnlySpan<byte> Join(ReadOnlySpan<byte> message, ReadOnlySpan<byte> more, Span<byte> scratch)
    {
        if (!message.Overlaps(scratch))
        {
            message.CopyTo(scratch);
        }

        int taken = Math.Min(more.Length, MaxMessageBytes - message.Length);
        more[..taken].CopyTo(scratch[message.Length..]);
        return scratch[..(message.Length + taken)];
    }

    private static OperationStatus ReadMessage(ReadOnlySpan<byte> message, out ClientHello hello)
    {
        var reader = new HelloMessage(message);
        OperationStatus status = reader.Read();
        hello = status == OperationStatus.Done ? new ClientHello(reader.ServerName, reader.Protocols) : default;
        return status;
    }
}
