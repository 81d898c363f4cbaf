namespace EdgeGate.Transport;

/// <summary>
/// Every accepted connection. Listing reads them from the caller's thread, without their loops: it costs the caller time
/// and holds up no loop. What changes a connection is done on its loop, a few hundred slots a turn.
/// </summary>
/// <param name="loops">The loops that own them.</param>
public sealed class ConnectionTable(EventLoopGroup loops)
{
    private const int SlotsPerTurn = 256;

    /// <summary>So few that asking the kernel for each costs nobody anything: then what is listed is of this moment.</summary>
    private const int FewConnections = 64;

    /// <summary>Describes all connections.</summary>
    public async Task<IReadOnlyList<ConnectionSnapshot>> ListAsync()
    {
        List<AcceptedConnection> open = Look();
        if (open.Count <= FewConnections)
        {
            await Task.WhenAll(open.GroupBy(c => c.Loop).Select(mine => SampleAsync(mine.Key, [.. mine])))
                .ConfigureAwait(false);
        }

        return open.ConvertAll(connection => connection.Describe());
    }

    /// <summary>
    /// The connections with the largest keys, the largest first. It looks at all of them and allocates for those alone.
    /// </summary>
    /// <param name="count">At most so many.</param>
    /// <param name="key">Read from the caller's thread.</param>
    public IReadOnlyList<AcceptedConnection> Top(int count, Func<AcceptedConnection, long> key)
    {
        var best = new PriorityQueue<AcceptedConnection, long>(count + 1);
        foreach (AcceptedConnection connection in count > 0 ? Open() : [])
        {
            if (best.Count < count)
            {
                best.Enqueue(connection, key(connection));
            }
            else
            {
                best.EnqueueDequeue(connection, key(connection));
            }
        }

        var top = new AcceptedConnection[best.Count];
        for (int i = top.Length; i > 0; i--)
        {
            top[i - 1] = best.Dequeue();
        }

        return top;
    }

    /// <summary>Resets one connection; false if there is none of that id.</summary>
    public async Task<bool> KillAsync(long id)
    {
        if (Open().FirstOrDefault(connection => connection.Id == id) is not { } victim)
        {
            return false;
        }

        var killed = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        victim.Loop.Post(
            _ =>
            {
                bool open = !victim.IsClosed;
                victim.Abort(CloseReason.Killed);
                killed.SetResult(open);
            },
            null);
        return await killed.Task.ConfigureAwait(false);
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

    private static Task SampleAsync(EventLoop loop, AcceptedConnection[] connections)
    {
        var sampled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(
            _ =>
            {
                foreach (AcceptedConnection connection in connections.Where(c => !c.IsClosed))
                {
                    connection.SampleIfChanged();
                }

                sampled.SetResult();
            },
            null);
        return sampled.Task;
    }

    private List<AcceptedConnection> Look()
    {
        var found = new List<AcceptedConnection>(loops.Loops.Sum(loop => loop.Connections));
        found.AddRange(Open());
        return found;
    }

    // From any thread: what comes or goes meanwhile may be in it or not.
    private IEnumerable<AcceptedConnection> Open()
    {
        foreach (EventLoop loop in loops.Loops)
        {
            int extent = loop.Slots.Extent;
            for (int i = 0; i < extent; i++)
            {
                if (loop.Slots.Peek(i) is AcceptedConnection { IsOpen: true } connection)
                {
                    yield return connection;
                }
            }
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
