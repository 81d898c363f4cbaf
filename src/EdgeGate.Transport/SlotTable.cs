namespace EdgeGate.Transport;

/// <summary>
/// The sockets of one loop. A slot's generation goes up each time it is emptied, and the poll token carries both, so a
/// report that the kernel made for a socket which has closed meanwhile cannot reach the next one in its slot.
/// </summary>
internal sealed class SlotTable
{
    private const int FirstSize = 256;
    private const int EndOfList = -1;

    private volatile Slot[] _slots = new Slot[FirstSize]; // Peek reads it on another thread
    private int _used;
    private int _free = EndOfList;

    private struct Slot
    {
        internal LoopSocket? Socket;
        internal uint Generation;
        internal int NextFree;
    }

    /// <summary>How many sockets there are.</summary>
    internal int Count { get; private set; }

    /// <summary>One more than the highest slot that was ever in use.</summary>
    internal int Extent => _used;

    internal LoopSocket? this[int index] => _slots[index].Socket;

    /// <summary>
    /// What is in a slot, from any thread, and perhaps a moment late; null where nothing is. Slots that are added
    /// meanwhile may be missed.
    /// </summary>
    internal LoopSocket? Peek(int index)
    {
        Slot[] slots = _slots;
        return (uint)index < (uint)slots.Length ? slots[index].Socket : null;
    }

    /// <summary>Puts a socket into a slot; returns its poll token.</summary>
    internal ulong Add(LoopSocket socket)
    {
        int index = _free;
        if (index != EndOfList)
        {
            _free = _slots[index].NextFree;
        }
        else
        {
            if (_used == _slots.Length)
            {
                Slot[] larger = new Slot[_slots.Length * 2];
                _slots.CopyTo(larger, 0);
                _slots = larger;
            }

            index = _used++;
        }

        Count++;
        ref Slot slot = ref _slots[index];
        slot.Socket = socket;
        return ((ulong)slot.Generation << 32) | (uint)index;
    }

    internal void Remove(ulong token)
    {
        int index = (int)(uint)token;
        ref Slot slot = ref _slots[index];
        slot.Socket = null;
        slot.NextFree = _free;

        // The generation stays below its largest value, so that no token can ever be Poller.WakeToken.
        slot.Generation = (slot.Generation + 1) & int.MaxValue;
        _free = index;
        Count--;
    }

    /// <summary>The socket that a report names; null if it has closed since.</summary>
    internal LoopSocket? Find(ulong token)
    {
        int index = (int)(uint)token;
        return index < _used && _slots[index].Generation == (uint)(token >> 32) ? _slots[index].Socket : null;
    }
}
