using System.Text;
using EdgeGate.Daemon;
using EdgeGate.Http;
using EdgeGate.Http.Forwarding;
using EdgeGate.Native.Polling;
using EdgeGate.Transport;
using Microsoft.Extensions.Logging.Abstractions;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace EdgeGate.FunctionalTests.Http.Upstream;

/// <summary>A cluster's client as the gateway makes it, of the kind that is asked for, without a gateway around it.</summary>
internal sealed class ClientUnderTest : IAsyncDisposable
{
    private readonly EventLoopGroup _loops = new(2, PollerKind.Auto, NullLogger<EventLoop>.Instance);
    private readonly HttpMessageInvoker _invoker;
    private readonly bool _onLoop;

    public ClientUnderTest(ClientKind kind, HttpGatewayOptions? options = null, HttpClientConfig? config = null)
    {
        options ??= new HttpGatewayOptions();
        _onLoop = kind == ClientKind.OwnOnLoop;
        var factory = new UpstreamClientFactory(
            options with { UpstreamLoops = kind == ClientKind.Sockets ? null : new HttpUpstreamLoops(_loops) },
            NullLogger<ForwarderHttpClientFactory>.Instance);
        _invoker = factory.CreateClient(
            new ForwarderHttpClientContext { ClusterId = "upstream", NewConfig = config ?? HttpClientConfig.Empty });
    }

    public async ValueTask DisposeAsync()
    {
        _invoker.Dispose();
        await _loops.DisposeAsync();
    }

    /// <summary>Sends a request, and does with the response what is to be done, all where the client is asked from.</summary>
    public Task<T> SendAsync<T>(
        HttpRequestMessage request, Func<HttpResponseMessage, Task<T>> use, CancellationToken token)
    {
        async Task<T> SendAsync()
        {
            using HttpResponseMessage response = await _invoker.SendAsync(request, token).ConfigureAwait(false);
            return await use(response).ConfigureAwait(false);
        }

        if (!_onLoop)
        {
            return SendAsync();
        }

        var begun = new TaskCompletionSource<Task<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _loops.Loops[1].Post(_ => begun.SetResult(SendAsync()), null);
        return begun.Task.Unwrap();
    }

    /// <summary>Sends a request and reads the response to its end: its text.</summary>
    public Task<string> TextAsync(HttpRequestMessage request, CancellationToken token) => SendAsync(
        request,
        async response =>
        {
            using var body = new MemoryStream();
            await using Stream stream = await response.Content.ReadAsStreamAsync(token).ConfigureAwait(false);
            await stream.CopyToAsync(body, token).ConfigureAwait(false);
            return Encoding.Latin1.GetString(body.ToArray());
        },
        token);

    /// <summary>All that a caller can see of an exchange, or of its failure, as text.</summary>
    public async Task<string> ObserveAsync(HttpRequestMessage request, CancellationToken token)
    {
        try
        {
            return await SendAsync(request, response => DescribeAsync(response, token), token);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return $"failed: {(e is HttpRequestException ? "HttpRequestException" : e.GetType().Name)}";
        }
    }

    private static async Task<string> DescribeAsync(HttpResponseMessage response, CancellationToken token)
    {
        var text = new StringBuilder();
        text.AppendLine($"{response.Version} {(int)response.StatusCode} {response.ReasonPhrase}");
        Append(text, response.Headers.NonValidated);
        text.AppendLine("content:");
        Append(text, response.Content.Headers.NonValidated);
        try
        {
            using var body = new MemoryStream();
            await using Stream stream = await response.Content.ReadAsStreamAsync(token).ConfigureAwait(false);
            await stream.CopyToAsync(body, token).ConfigureAwait(false);
            text.AppendLine(Encoding.Latin1.GetString(body.ToArray()));
        }
        catch (IOException)
        {
            text.AppendLine("broken off: IOException");
        }

        text.AppendLine("trailers:");
        Append(text, response.TrailingHeaders.NonValidated);
        return text.ToString();
    }

    private static void Append(
        StringBuilder text, IEnumerable<KeyValuePair<string, System.Net.Http.Headers.HeaderStringValues>> headers)
    {
        foreach (string line in headers.Select(header => $"{header.Key}: {header.Value}").Order(StringComparer.Ordinal))
        {
            text.AppendLine(line);
        }
    }
}
