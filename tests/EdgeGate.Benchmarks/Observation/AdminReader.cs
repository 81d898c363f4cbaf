namespace EdgeGate.Benchmarks.Observation;

/// <summary>Somebody who reads pages of the admin address once a second, as Prometheus and a dashboard do.</summary>
internal sealed class AdminReader : IAsyncDisposable
{
    private readonly HttpClient _client = new();
    private readonly CancellationTokenSource _over = new();
    private readonly Task _reading;

    internal AdminReader(params Uri[] pages) => _reading = ReadForEverAsync(pages);

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _reading;
        _client.Dispose();
        _over.Dispose();
    }

    private async Task ReadForEverAsync(Uri[] pages)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            do
            {
                foreach (Uri page in pages)
                {
                    await _client.GetByteArrayAsync(page, _over.Token).ConfigureAwait(false);
                }
            }
            while (await timer.WaitForNextTickAsync(_over.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The measurement is over.
        }
    }
}
