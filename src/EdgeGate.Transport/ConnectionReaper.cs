namespace EdgeGate.Transport;

/// <summary>Ends connections to make room, those first whose end costs the least.</summary>
/// <param name="table">All connections.</param>
public sealed class ConnectionReaper(ConnectionTable table)
{
    // The end of one that holds less frees next to nothing.
    private const long LeastHeldBytes = 32 * 1024;

    /// <summary>Asks idle keep-alive connections to close, those first that have been idle the longest.</summary>
    /// <param name="most">How many at most.</param>
    /// <returns>How many were asked; one that gets a request just then is closed after its answer.</returns>
    public async Task<int> CloseIdleAsync(int most)
    {
        var idle = new List<(long Since, AcceptedConnection Connection)>();
        await table.ForEachAsync(connection =>
        {
            if (connection.IsIdleKeepAlive)
            {
                idle.Add((connection.IdleSince, connection));
            }
        }).ConfigureAwait(false);
        idle.Sort(static (one, other) => one.Since.CompareTo(other.Since));
        return EndFirst(idle, most, static connection => connection.RequestClose(CloseReason.Limit));
    }

    /// <summary>Resets the connections that hold the most memory, in this process and in the kernel.</summary>
    /// <param name="most">How many at most.</param>
    /// <returns>How many.</returns>
    public async Task<int> ResetLargestAsync(int most)
    {
        var found = new List<(long Bytes, AcceptedConnection Connection)>();
        await table.ForEachAsync(connection =>
        {
            if (connection.MemoryHeld is >= LeastHeldBytes and var held)
            {
                found.Add((held, connection));
            }
        }).ConfigureAwait(false);
        found.Sort(static (one, other) => other.Bytes.CompareTo(one.Bytes));
        return EndFirst(found, most, static connection => connection.Abort(CloseReason.Limit));
    }

    private static int EndFirst(
        List<(long Key, AcceptedConnection Connection)> connections, int most, Action<AcceptedConnection> end)
    {
        int count = Math.Min(most, connections.Count);
        foreach (var (_, connection) in connections.Take(count))
        {
            connection.Loop.Post(_ => EndIfOpen(connection, end), null);
        }

        return count;
    }

    private static void EndIfOpen(AcceptedConnection connection, Action<AcceptedConnection> end)
    {
        if (!connection.IsClosed)
        {
            end(connection);
        }
    }
}
