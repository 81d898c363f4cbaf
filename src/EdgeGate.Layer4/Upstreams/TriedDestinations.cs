using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace EdgeGate.Layer4.Upstreams;

/// <summary>The few destinations that one connection has tried; it allocates nothing.</summary>
internal struct TriedDestinations
{
    /// <summary>One connection tries at most this many.</summary>
    internal const int Capacity = 3;

    private Slots _slots;

    [InlineArray(Capacity)]
    private struct Slots
    {
        private Destination? _first;
    }

    internal int Count { get; private set; }

    internal readonly bool IsFull => Count == Capacity;

    internal void Add(Destination destination)
    {
        Debug.Assert(!IsFull, "tried more destinations than a connection may");
        _slots[Count++] = destination;
    }

    internal readonly bool Contains(Destination destination)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_slots[i] == destination)
            {
                return true;
            }
        }

        return false;
    }
}
