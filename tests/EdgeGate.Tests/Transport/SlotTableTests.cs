using EdgeGate.Native.Polling;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport;

namespace EdgeGate.Tests.Transport;

public sealed class SlotTableTests
{
    private readonly SlotTable _table = new();

    [Fact]
    public void Token_finds_its_socket_and_no_other()
    {
        NoSocket[] sockets = [.. Enumerable.Range(0, 1000).Select(_ => new NoSocket())];
        ulong[] tokens = [.. sockets.Select(_table.Add)];

        Assert.Equal(tokens.Length, tokens.Distinct().Count());
        Assert.All(tokens.Zip(sockets), pair => Assert.Same(pair.Second, _table.Find(pair.First)));
        Assert.Equal(1000, _table.Count);
        Assert.Equal(1000, _table.Extent);
    }

    [Fact]
    public void Token_of_a_former_socket_finds_nothing_even_when_its_slot_is_taken()
    {
        ulong former = _table.Add(new NoSocket());
        _table.Remove(former);
        Assert.Null(_table.Find(former));

        var next = new NoSocket();
        ulong token = _table.Add(next);

        Assert.Equal((uint)former, (uint)token);
        Assert.Null(_table.Find(former));
        Assert.Same(next, _table.Find(token));
    }

    [Fact]
    public void Emptied_slots_are_used_again_before_new_ones()
    {
        ulong[] tokens = [.. Enumerable.Range(0, 300).Select(_ => _table.Add(new NoSocket()))];
        Array.ForEach(tokens, _table.Remove);
        Assert.Equal(0, _table.Count);

        for (int i = 0; i < 300; i++)
        {
            _table.Add(new NoSocket());
        }

        Assert.Equal(300, _table.Extent);
        Assert.Equal(300, _table.Count);
    }

    [Fact]
    public void Slot_that_was_never_used_is_empty()
    {
        Assert.Null(_table.Find(0));
        Assert.Null(_table.Find(17));
        Assert.Null(_table.Find(1UL << 32));
    }

    [Fact]
    public void No_token_is_the_wake_up_s()
    {
        for (int i = 0; i < 10_000; i++)
        {
            ulong token = _table.Add(new NoSocket());
            Assert.NotEqual(Poller.WakeToken, token);
            _table.Remove(token);
        }
    }

    private sealed class NoSocket() : LoopSocket(Descriptor.None)
    {
        protected internal override void OnReadable(bool ending)
        {
        }

        protected internal override void OnWritable()
        {
        }

        protected override void OnClosed()
        {
        }
    }
}
