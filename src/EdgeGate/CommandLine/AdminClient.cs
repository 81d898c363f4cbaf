using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace EdgeGate.CommandLine;

/// <summary>Talks to the admin address of a running daemon. Every failure says what to do.</summary>
internal sealed class AdminClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http;

    public AdminClient(AdminTarget target)
    {
        Target = target;

        // No proxy of the environment: the daemon is on this machine, or on one that the operator named.
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = Patience })
        {
            BaseAddress = target.Address,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if (target.Token is { } token)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    public AdminTarget Target { get; }

    /// <summary>Asks for a page of JSON.</summary>
    /// <exception cref="AdminFailure">There is none.</exception>
    public async Task<JsonElement> GetAsync(string path, CancellationToken cancellation)
    {
        AdminAnswer answer = await SendAsync(HttpMethod.Get, path, cancellation);
        return answer.IsSuccess ? answer.Body : throw new AdminFailure($"{Target}: {answer.Detail}");
    }

    /// <summary>Asks for something to be done.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path, and the query where there is one.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <param name="patience">How long the answer may take; null: a few seconds.</param>
    /// <exception cref="AdminFailure">Nothing answers, or not to this token.</exception>
    public async Task<AdminAnswer> SendAsync(
        HttpMethod method, string path, CancellationToken cancellation, TimeSpan? patience = null)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(patience ?? Patience);
        try
        {
            using var request = new HttpRequestMessage(method, path);
            using HttpResponseMessage response = await _http.SendAsync(request, deadline.Token);
            byte[] body = await response.Content.ReadAsByteArrayAsync(deadline.Token);
            return response.StatusCode == HttpStatusCode.Unauthorized
                ? throw new AdminFailure(NoToken())
                : new AdminAnswer(response.StatusCode, body.Length == 0 ? default : Parse(body));
        }
        catch (HttpRequestException e)
        {
            throw NoAnswer(e.Message, e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw NoAnswer($"no answer within {(patience ?? Patience).TotalSeconds} seconds", e);
        }
    }

    /// <summary>Follows the gateway's events (<c>/events</c>) until it ends the stream.</summary>
    /// <param name="query">Which connections, as in the query of <c>/events</c>.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="AdminFailure">Nothing answers, or it refuses.</exception>
    public async IAsyncEnumerable<SseItem<string>> WatchAsync(
        string query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using HttpResponseMessage response = await OpenAsync("/events?" + query, cancellation);
        await using Stream stream = await response.Content.ReadAsStreamAsync(cancellation);
        await foreach (SseItem<string> item in SseParser.Create(stream).EnumerateAsync(cancellation))
        {
            yield return item;
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> OpenAsync(string path, CancellationToken cancellation)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (HttpRequestException e)
        {
            throw NoAnswer(e.Message, e);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            byte[] body = await response.Content.ReadAsByteArrayAsync(cancellation);
            throw new AdminFailure(response.StatusCode == HttpStatusCode.Unauthorized ? NoToken()
                : $"{Target}: {new AdminAnswer(response.StatusCode, body.Length == 0 ? default : Parse(body)).Detail}");
        }
    }

    private JsonElement Parse(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new AdminFailure($"what answers at {Target} is not EdgeGate's admin address; name that with --admin URL", e);
        }
    }

    private AdminFailure NoAnswer(string why, Exception inner) => new(
        $"no EdgeGate answers at {Target}: {why}. Is it running, and is this its EdgeGate:Admin:Bind? "
        + $"Name another address with --admin URL, --config FILE or {AdminOptions.AddressVariable}.",
        inner);

    private string NoToken() => Target.Token is null
        ? $"the daemon at {Target} asks for a token: put it into {AdminOptions.TokenVariable}, or name the daemon's "
            + "configuration with --config FILE, or use --token"
        : $"the daemon at {Target} does not take this token; it stands in EdgeGate:Admin:Token or in the TokenFile, as read at its start";
}
