using System.Net;
using System.Runtime.InteropServices;

namespace EdgeGate.Transport.Admission;

/// <summary>
/// Lets connections of a listener in by where they come from. All its sockets share one, and it outlives reloads, so
/// that what it has counted counts on. Callable from any thread.
/// </summary>
/// <remarks>
/// Its memory is bounded, however many sources there are: one that has connections stands here as long as they last,
/// and those are bounded by the gate; of those that have none, at most <see cref="MaxSilent"/> are remembered for their
/// rate, some 6 MiB. A source that is forgotten early may begin anew, which a million of them cannot make worse.
/// </remarks>
/// <param name="rules">Whom it lets in.</param>
/// <param name="time">The clock.</param>
public sealed class SourceGate(SourceRules rules, TimeProvider? time = null)
{
    /// <summary>Sources without connections that are remembered at most.</summary>
    public const int MaxSilent = Shards * MaxSilentInShard;

    private const int Shards = 16; // each with its lock, so that loops seldom wait for one another
    private const int MaxSilentInShard = 4096;

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Shard[] _shards = [.. Enumerable.Range(0, Shards).Select(_ => new Shard())];
    private volatile SourceRules _rules = rules;

    /// <summary>Whom it lets in; replaced as a whole. Those who are in stay.</summary>
    public SourceRules Rules
    {
        get => _rules;
        set => _rules = value;
    }

    /// <summary>Sources that it knows of now.</summary>
    public int Count => _shards.Sum(shard => shard.Count);

    /// <summary>Lets a connection in, and has its lease give the source's place back; or says why not.</summary>
    /// <param name="source">Where it comes from; null, as behind a Unix socket, is always let in.</param>
    /// <param name="lease">The connection's.</param>
    public RejectReason? Admit(IPAddress? source, AdmissionLease lease)
    {
        SourceRules rules = _rules;
        if (source is null)
        {
            return null;
        }

        if (rules.Deny.Contains(source) || !(rules.Allow.IsEmpty || rules.Allow.Contains(source)))
        {
            return RejectReason.Denied;
        }

        if (!rules.CountSources)
        {
            return null;
        }

        var prefix = SourcePrefix.Of(source, rules.PrefixV4, rules.PrefixV6);
        RejectReason? reason = ShardOf(prefix).TryEnter(prefix, rules, _time.GetTimestamp(), _time.TimestampFrequency);
        if (reason is null)
        {
            lease.Hold(new SourceLease(this, prefix));
        }

        return reason;
    }

    internal void Leave(SourcePrefix source) => ShardOf(source).Leave(source, remembers: _rules.ConnectionsPerSecond is not null);

    // Not the dictionary's own bits of the hash.
    private Shard ShardOf(SourcePrefix source) => _shards[(uint)source.GetHashCode() >> 28];

    private struct Source
    {
        internal int Connections;
        internal double Tokens; // connections that it may still begin
        internal long Counted; // when the tokens were
    }

    private sealed class Shard
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<SourcePrefix, Source> _sources = [];
        private int _silent;

        internal int Count
        {
            get
            {
                lock (_lock)
                {
                    return _sources.Count;
                }
            }
        }

        internal RejectReason? TryEnter(SourcePrefix prefix, SourceRules rules, long now, long frequency)
        {
            lock (_lock)
            {
                ref Source source = ref CollectionsMarshal.GetValueRefOrAddDefault(_sources, prefix, out bool known);
                if (!known)
                {
                    source.Tokens = rules.ConnectionsPerSecond ?? 0;
                    source.Counted = now;
                    _silent++;
                }

                RejectReason? reason = source.Connections >= rules.MaxConnections ? RejectReason.Source
                    : rules.ConnectionsPerSecond is { } rate && !TakeToken(ref source, rate, now, frequency) ? RejectReason.Rate
                    : null;
                if (reason is null && source.Connections++ == 0)
                {
                    _silent--;
                }

                if (_silent > MaxSilentInShard)
                {
                    Forget(now, frequency);
                }

                return reason;
            }
        }

        internal void Leave(SourcePrefix prefix, bool remembers)
        {
            lock (_lock)
            {
                ref Source source = ref CollectionsMarshal.GetValueRefOrNullRef(_sources, prefix);
                if (--source.Connections > 0)
                {
                    return;
                }

                if (remembers && _silent < MaxSilentInShard)
                {
                    _silent++;
                }
                else
                {
                    _sources.Remove(prefix);
                }
            }
        }

        private static bool TakeToken(ref Source source, int rate, long now, long frequency)
        {
            double tokens = source.Tokens + ((double)(now - source.Counted) / frequency * rate);
            source.Tokens = Math.Min(tokens, rate); // after a second's silence all of them are back
            source.Counted = now;
            bool taken = source.Tokens >= 1;
            source.Tokens -= taken ? 1 : 0;
            return taken;
        }

        /// <summary>
        /// Forgets the silent ones whose tokens are all back, and others until half of the room is free, so that this
        /// costs each newcomer next to nothing.
        /// </summary>
        private void Forget(long now, long frequency)
        {
            foreach (var (prefix, source) in _sources)
            {
                if (source.Connections == 0 && (now - source.Counted > frequency || _silent > MaxSilentInShard / 2))
                {
                    _sources.Remove(prefix);
                    _silent--;
                }
            }
        }
    }
}
