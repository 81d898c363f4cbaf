using System.Globalization;

namespace EdgeGate.Http.Forwarding;

/// <summary>The HTTP client of a cluster whose requests may be tried again; it lives as long as that, and so does its budget.</summary>
/// <param name="client">The client itself.</param>
/// <param name="retries">How many more attempts a request may have.</param>
/// <param name="percent">Retries for a hundred requests.</param>
internal sealed class RetryingInvoker(HttpMessageInvoker client, int retries, int percent)
    : HttpMessageInvoker(Unused, disposeHandler: false)
{
    /// <summary>Metadata key: how many more attempts a request may have.</summary>
    public const string RetriesKey = "EdgeGate.Retries";

    /// <summary>Metadata key: how many of a hundred requests may be retries.</summary>
    public const string BudgetKey = "EdgeGate.RetryBudget";

    private const int DefaultPercent = 20;

    private static readonly HttpMessageHandler Unused = new SocketsHttpHandler();

    public HttpMessageInvoker Client => client;

    public int Retries => retries;

    public RetryBudget Budget { get; } = new(percent);

    /// <summary>Gives a client the retries that a cluster's metadata ask for.</summary>
    public static HttpMessageInvoker Wrap(HttpMessageInvoker client, IReadOnlyDictionary<string, string>? metadata) =>
        NumberOf(metadata, RetriesKey) is > 0 and var retries
            ? new RetryingInvoker(client, retries, NumberOf(metadata, BudgetKey) ?? DefaultPercent)
            : client;

    /// <summary>Whether two sets of metadata ask for the same.</summary>
    public static bool AreSame(IReadOnlyDictionary<string, string>? one, IReadOnlyDictionary<string, string>? other) =>
        NumberOf(one, RetriesKey) == NumberOf(other, RetriesKey) && NumberOf(one, BudgetKey) == NumberOf(other, BudgetKey);

    /// <summary>A request that is no client's: a health probe, which is not tried again.</summary>
    public override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        client.SendAsync(request, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        client.Dispose();
        base.Dispose(disposing);
    }

    private static int? NumberOf(IReadOnlyDictionary<string, string>? metadata, string key) =>
        int.TryParse(metadata?.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
