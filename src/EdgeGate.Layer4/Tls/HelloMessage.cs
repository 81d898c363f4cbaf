using System.Buffers;
using System.Buffers.Binary;

namespace EdgeGate.Layer4.Tls;

/// <summary>
/// Walks a ClientHello message of which perhaps only the beginning is there. A length that leads out of what it lies in
/// is wrong at once, however much is still to come.
/// </summary>
/// <param name="message">The message, its four bytes of type and length first.</param>
internal ref struct HelloMessage(ReadOnlySpan<byte> message)
{
    private const int StartBytes = 4;
    private const byte ClientHelloType = 1;
    private const int RandomBytes = 32;
    private const int MaxSessionBytes = 32;
    private const int ServerNameExtension = 0;
    private const int ProtocolsExtension = 16;
    private const int HostName = 0;

    private readonly ReadOnlySpan<byte> _message = message;
    private int _at = 0;
    private int _end = ClientHello.MaxMessageBytes;
    private OperationStatus _status = OperationStatus.Done;
    private bool _named = false;
    private bool _negotiates = false;

    /// <summary>Whether all of it is there; what has a wrong beginning is complete, too.</summary>
    internal static bool IsComplete(ReadOnlySpan<byte> message) =>
        message.Length >= StartBytes
        && message.Length >= Math.Min(StartBytes + LengthOf(message), ClientHello.MaxMessageBytes);

    /// <summary>The host's name; empty where there is none.</summary>
    internal ReadOnlySpan<byte> ServerName { get; private set; } = default;

    /// <summary>The application protocols, each a length byte and as many bytes.</summary>
    internal ReadOnlySpan<byte> Protocols { get; private set; } = default;

    /// <summary>Reads it to its end.</summary>
    internal OperationStatus Read()
    {
        Require(Number(1) == ClientHelloType);
        Enter(lengthBytes: 3, least: 2 + RandomBytes);
        Require(Number(1) == 3); // the major version; the minor one is to be ignored
        Skip(1 + RandomBytes);
        SkipVector(lengthBytes: 1, least: 0, most: MaxSessionBytes);
        SkipVector(lengthBytes: 2, least: 2); // cipher suites
        SkipVector(lengthBytes: 1, least: 1); // compression methods
        if (IsInside) // TLS 1.2 and older may end here: RFC 5246, section 7.4.1.2
        {
            int message = Enter(lengthBytes: 2);
            ReadExtensions();
            Leave(message);
        }

        Require(!IsInside);
        return _status;
    }

    private static int LengthOf(ReadOnlySpan<byte> message) => (int)(BinaryPrimitives.ReadUInt32BigEndian(message) & 0xffffff);

    // Any other extension, GREASE (RFC 8701) among them, says nothing to us.
    private void ReadExtensions()
    {
        while (IsInside)
        {
            int type = Number(2);
            int extensions = Enter(lengthBytes: 2);
            switch (type)
            {
                case ServerNameExtension when _status == OperationStatus.Done:
                    Require(!_named); // one extension of a type: RFC 8446, section 4.2
                    _named = true;
                    ReadServerName();
                    break;
                case ProtocolsExtension when _status == OperationStatus.Done:
                    Require(!_negotiates);
                    _negotiates = true;
                    ReadProtocols();
                    break;
                default:
                    Skip(_end - _at);
                    break;
            }

            Leave(extensions);
        }
    }

    /// <summary>A list of names, of which one at most is a host's: RFC 6066, section 3.</summary>
    private void ReadServerName()
    {
        int extension = Enter(lengthBytes: 2, least: 1);
        while (IsInside)
        {
            int type = Number(1);
            int list = Enter(lengthBytes: 2, least: 1);
            if (type == HostName)
            {
                Require(ServerName.IsEmpty && _end - _at <= ClientHello.MaxNameBytes);
                ServerName = Take(_end - _at);
                Require(!ServerName.ContainsAnyExceptInRange((byte)'!', (byte)'~'));
            }
            else
            {
                Skip(_end - _at);
            }

            Leave(list);
        }

        Leave(extension);
    }

    /// <summary>A list of names, each of 1 to 255 bytes: RFC 7301, section 3.1.</summary>
    private void ReadProtocols()
    {
        int extension = Enter(lengthBytes: 2, least: 2);
        int first = _at;
        while (IsInside)
        {
            SkipVector(lengthBytes: 1, least: 1);
        }

        Protocols = _status == OperationStatus.Done ? _message[first.._at] : default;
        Leave(extension);
    }

    /// <summary>Whether there is more in the innermost vector that was entered, and all has been right so far.</summary>
    private readonly bool IsInside => _status == OperationStatus.Done && _at < _end;

    /// <summary>Reads a length and goes into what is that long; gives the end of what lies around it.</summary>
    private int Enter(int lengthBytes, int least = 0, int most = int.MaxValue)
    {
        int around = _end;
        int length = Number(lengthBytes);
        Require(length >= least && length <= most && length <= _end - _at);
        _end = _status == OperationStatus.Done ? _at + length : _end;
        return around;
    }

    /// <summary>Goes out again, to the end that <see cref="Enter"/> gave; nothing may be left.</summary>
    private void Leave(int around)
    {
        Require(_at == _end);
        _end = around;
    }

    private void SkipVector(int lengthBytes, int least, int most = int.MaxValue)
    {
        int around = Enter(lengthBytes, least, most);
        Skip(_end - _at);
        Leave(around);
    }

    private int Number(int bytes)
    {
        int number = 0;
        foreach (byte one in Take(bytes))
        {
            number = (number << 8) | one;
        }

        return number;
    }

    private void Skip(int bytes) => Take(bytes);

    private ReadOnlySpan<byte> Take(int bytes)
    {
        Require(bytes <= _end - _at);
        if (_status == OperationStatus.Done && bytes > _message.Length - _at)
        {
            _status = OperationStatus.NeedMoreData;
        }

        if (_status != OperationStatus.Done)
        {
            return default;
        }

        _at += bytes;
        return _message.Slice(_at - bytes, bytes);
    }

    // The first verdict stays: after it, numbers are only zeros.
    private void Require(bool holds)
    {
        if (!holds && _status == OperationStatus.Done)
        {
            _status = OperationStatus.InvalidData;
        }
    }
}
