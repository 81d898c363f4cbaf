namespace EdgeGate.Http.Forwarding;

/// <summary>
/// How many retries a cluster may have: a share of its requests, and a few to begin with. Without it, upstreams that fail
/// because they have too much to do would be given a multiple of it.
/// </summary>
/// <param name="percent">Retries for a hundred requests.</param>
internal sealed class RetryBudget(int percent)
{
    private const int Retry = 100;
    private const int MostSaved = 10 * Retry;

    private int _saved = MostSaved;

    /// <summary>A request has come.</summary>
    public void Deposit()
    {
        int saved = Volatile.Read(ref _saved);
        if (saved < MostSaved)
        {
            // Several may add at once and one addition more than needed: the next look stops that.
            Interlocked.Add(ref _saved, percent);
        }
    }

    /// <summary>Takes one retry, if there is one.</summary>
    public bool TryTake()
    {
        int saved = Volatile.Read(ref _saved);
        while (saved >= Retry)
        {
            // Other requests take at the same time: the retry is ours only if nobody was faster.
            int seen = Interlocked.CompareExchange(ref _saved, saved - Retry, saved);
            if (seen == saved)
            {
                return true;
            }

            saved = seen;
        }

        return false;
    }
}
