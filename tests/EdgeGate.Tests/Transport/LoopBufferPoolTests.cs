using EdgeGate.Transport;

namespace EdgeGate.Tests.Transport;

public sealed class LoopBufferPoolTests
{
    [Theory]
    [InlineData(1, 4096)]
    [InlineData(4096, 4096)]
    [InlineData(4097, 16384)]
    [InlineData(16384, 16384)]
    [InlineData(16385, 65536)]
    [InlineData(65536, 65536)]
    public void Smallest_size_that_holds_as_many(int wanted, int given) =>
        Assert.Equal(given, new LoopBufferPool().Rent(wanted).Length);

    [Fact]
    public void More_than_the_largest_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new LoopBufferPool().Rent(LoopBufferPool.MaxBufferBytes + 1));

    [Fact]
    public void Last_in_is_first_out_and_never_given_out_twice()
    {
        var pool = new LoopBufferPool();
        byte[] first = pool.Rent(1);
        byte[] second = pool.Rent(1);
        Assert.NotSame(first, second);
        pool.Return(first);
        pool.Return(second);

        Assert.Same(second, pool.Rent(1));
        Assert.Same(first, pool.Rent(1));
        Assert.NotSame(first, pool.Rent(1));
    }

    [Fact]
    public void Full_shelf_keeps_no_more()
    {
        var pool = new LoopBufferPool(maxShelfBytes: 2 * 4096);
        byte[][] buffers = [pool.Rent(1), pool.Rent(1), pool.Rent(1)];
        Array.ForEach(buffers, pool.Return);

        Assert.Same(buffers[1], pool.Rent(1));
        Assert.Same(buffers[0], pool.Rent(1));
        byte[] fresh = pool.Rent(1);
        Assert.All(buffers, buffer => Assert.NotSame(buffer, fresh));
    }

    [Fact]
    public void Foreign_buffer_came_out_again_too_small()
    {
        var pool = new LoopBufferPool();

        Assert.Throws<ArgumentException>(() => pool.Return(new byte[100]));

        Assert.Equal(4096, pool.Rent(4096).Length);
    }
}
