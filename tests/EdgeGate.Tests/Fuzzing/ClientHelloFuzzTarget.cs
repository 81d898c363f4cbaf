using System.Buffers;
using EdgeGate.Layer4.Tls;

namespace EdgeGate.Tests.Fuzzing;

/// <summary>The ClientHello of TLS, split into records in whatever way.</summary>
internal sealed class ClientHelloFuzzTarget : FuzzTarget
{
    private readonly byte[] _scratch = new byte[ClientHello.MaxMessageBytes];
    private readonly byte[] _otherScratch = new byte[ClientHello.MaxMessageBytes];

    public override string Name => "client-hello";

    public override IReadOnlyList<byte[]> Seeds { get; } = Read("hello-");

    public override OperationStatus Check(byte[] input, Random random)
    {
        OperationStatus whole = ClientHello.Read(input, _scratch, out ClientHello hello);
        byte[] name = hello.ServerName.ToArray();
        byte[] protocols = hello.Protocols.ToArray();
        Require(name.Length <= ClientHello.MaxNameBytes, "a name of any length");
        Require(whole == OperationStatus.Done || (name.Length == 0 && protocols.Length == 0), "half a result");
        Require(AreWhole(protocols), "a protocol that leads out of the list");
        CheckPrefixes(
            input,
            whole,
            length =>
            {
                OperationStatus status = ClientHello.Read(input.AsSpan(0, length), _otherScratch, out ClientHello other);
                return (status, other.ServerName.SequenceEqual(name) && other.Protocols.SequenceEqual(protocols));
            },
            random);
        return whole;
    }

    private static bool AreWhole(ReadOnlySpan<byte> protocols)
    {
        while (!protocols.IsEmpty)
        {
            int length = protocols[0];
            if (length == 0 || length >= protocols.Length)
            {
                return false;
            }

            protocols = protocols[(1 + length)..];
        }

        return true;
    }
}
