using global::Grpc.Core;

namespace EdgeGate.FunctionalTests.Http.Grpc;

/// <summary>Says back what it hears, with a trailer; or refuses.</summary>
internal sealed class RelayService : Relay.RelayBase
{
    public override Task<Line> Say(Line request, ServerCallContext context)
    {
        context.ResponseTrailers.Add("x-after", "here");
        return Task.FromResult(request);
    }

    public override Task<Line> Refuse(Line request, ServerCallContext context) =>
        throw new RpcException(new Status(StatusCode.FailedPrecondition, "because " + request.Text));

    public override async Task Chat(
        IAsyncStreamReader<Line> requestStream, IServerStreamWriter<Line> responseStream, ServerCallContext context)
    {
        await foreach (var line in requestStream.ReadAllAsync(context.CancellationToken))
        {
            await responseStream.WriteAsync(line, context.CancellationToken);
        }

        context.ResponseTrailers.Add("x-after", "here");
    }
}
