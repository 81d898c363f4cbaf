using EdgeGate.Transport;

namespace EdgeGate.Tests.Transport;

public sealed class TrafficCellTests
{
    [Fact]
    public async Task Active_fell_below_zero_while_connections_came_and_went()
    {
        var cell = new TrafficCell();
        bool done = false;
        var loop = Task.Run(() =>
        {
            for (int i = 0; i < 2_000_000; i++)
            {
                cell.AddAccepted();
                cell.AddClosed(CloseReason.Client);
            }

            Volatile.Write(ref done, true);
        }, TestContext.Current.CancellationToken);

        long lowest = 0;
        while (!Volatile.Read(ref done))
        {
            lowest = Math.Min(lowest, cell.Active);
        }

        await loop;
        Assert.Equal(0, lowest);
        Assert.Equal(0, cell.Active);
    }
}
