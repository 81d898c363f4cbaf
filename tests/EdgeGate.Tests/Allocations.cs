namespace EdgeGate.Tests;

/// <summary>Measures what a piece of code allocates, which on a hot path is to be nothing.</summary>
internal static class Allocations
{
    /// <summary>Bytes that many runs allocate, once the first ones have set up what they set up once.</summary>
    public static long Of(Action action)
    {
        const int Runs = 1000;
        Run(action, Runs);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(action, Runs);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Run(Action action, int runs)
    {
        for (int i = 0; i < runs; i++)
        {
            action();
        }
    }
}
