using System.Buffers;
using EdgeGate.Transport.ProxyProtocol;

namespace EdgeGate.Tests.Fuzzing;

/// <summary>The PROXY header of both versions, read, and written again.</summary>
internal sealed class ProxyHeaderFuzzTarget : FuzzTarget
{
    public override string Name => "proxy-header";

    public override IReadOnlyList<byte[]> Seeds { get; } = Read("proxy-");

    public override OperationStatus Check(byte[] input, Random random)
    {
        OperationStatus whole = ProxyHeader.Parse(input, out ProxyHeader header);
        Require(header.Length >= 0 && header.Length <= input.Length, "more consumed than there is");
        Require(whole == OperationStatus.Done || header == default, "half a result");
        CheckPrefixes(
            input,
            whole,
            length => (ProxyHeader.Parse(input.AsSpan(0, length), out ProxyHeader other), other == header),
            random);
        if (whole == OperationStatus.Done)
        {
            Require(
                ProxyHeader.Parse(input.AsSpan(0, header.Length), out ProxyHeader exact) == whole && exact == header,
                "its own bytes are not enough");
            CheckRoundTrip(header, ProxyProtocolVersion.V1);
            CheckRoundTrip(header, ProxyProtocolVersion.V2);
        }

        return whole;
    }

    private static void CheckRoundTrip(in ProxyHeader header, ProxyProtocolVersion version)
    {
        Span<byte> bytes = stackalloc byte[ProxyHeaderWriter.MaxBytes];
        int length = ProxyHeaderWriter.Write(version, header.Source, header.Destination, bytes);
        Require(ProxyHeader.Parse(bytes[..length], out ProxyHeader again) == OperationStatus.Done, "cannot be read again");
        Require(again.Length == length, "another length");
        Require(Equals(again.Source, header.Source) && Equals(again.Destination, header.Destination), "other addresses");
    }
}
