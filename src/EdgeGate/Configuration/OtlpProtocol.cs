namespace EdgeGate.Configuration;

internal enum OtlpProtocol
{
    /// <summary>gRPC over HTTP/2, by custom on port 4317.</summary>
    Grpc,

    /// <summary>Protocol buffers over HTTP/1.1, by custom on port 4318.</summary>
    HttpProtobuf,
}
