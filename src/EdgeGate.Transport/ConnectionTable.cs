namespace EdgeGate.Transport;

/// <summary>
/// Every accepted connection, read from the loops that own them. A loop walks a few hundred slots a turn, so that
/// listing many connections holds up none of them.
/// </summary>
/// <param name="loops">The loops to ask.</param>
public sealed class ConnectionTable(EventLoopGroup loops)
{
    private const int SlotsPerTurn = 256;

    /// <summary>Describes all connections.</summary>
    public async Task<IReadOnlyList<ConnectionSnapshot>> ListAsync()
    {
        var found = new List<ConnectionSnapshot>();
        foreach (EventLoop loop in loops.Loops)
        {
            await WalkAsync(loop, connection =>
            {
                found.Add(connection.Describe());
                return true;
            }).ConfigureAwait(false);
        }

        return found;
    }

    /// <summary>Resets one connection; false if there is none of that id.</summary>
    public async Task<bool> KillAsync(long id)
    {
        bool killed = false;
        foreach (EventLoop loop in loops.Loops)
        {
            await WalkAsync(loop, connection =>
            {
                if (connection.Id == id)
                {
                    connection.Abort(CloseReason.Killed);
                    killed = true;
                }

                return !killed;
            }).ConfigureAwait(false);
        }

        return killed;
    }

    /// <summary>Resets all that is left: the end of a drain.</summary>
    public Task<int> AbortAllAsync(CloseReason reason) => AbortAsync(static _ => true, reason);

    /// <summary>Resets some; returns how many.</summary>
    /// <param name="which">Asked of each, on its loop's thread.</param>
    /// <param name="reason">Why.</param>
    public async Task<int> AbortAsync(Predicate<AcceptedConnection> which, CloseReason reason)
    {
        int aborted = 0;
        await ForEachAsync(connection =>
        {
            if (which(connection))
            {
                connection.Abort(reason);
                aborted++;
            }
        }).ConfigureAwait(false);
        return aborted;
    }

    /// <summary>Visits all connections, each on its loop's thread.</summary>
    internal async Task ForEachAsync(Action<AcceptedConnection> visit)
    {
        foreach (EventLoop loop in loops.Loops)
        {
            await WalkAsync(loop, connection =>
            {
                visit(connection);
                return true;
            }).ConfigureAwait(false);
        }
    }

    private static Task WalkAsync(EventLoop loop, Func<AcceptedConnection, bool> visit)
    {
        var walk = new Walk(loop, visit);
        loop.Post(Walk.Continue, walk);
        return walk.Done.Task;
    }

    private sealed class Walk(EventLoop loop, Func<AcceptedConnection, bool> visit)
    {
        private int _next;

        internal TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal static void Continue(object? state) => ((Walk)state!).Continue();

        private void Continue()
        {
            int end = Math.Min(_next + SlotsPerTurn, loop.Slots.Extent);
            while (_next < end)
            {
                if (loop.Slots[_next++] is AcceptedConnection connection && !visit(connection))
                {
                    Done.SetResult();
                    return;
                }
            }

            if (_next < loop.Slots.Extent)
            {
                loop.Defer(Continue, this);
            }
            else
            {
                Done.SetResult();
            }
        }
    }
}
