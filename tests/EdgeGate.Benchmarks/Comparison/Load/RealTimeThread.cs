using System.Runtime.InteropServices;

namespace EdgeGate.Benchmarks.Comparison.Load;

/// <summary>
/// Threads that run as soon as they have something to do: on a machine that clients and proxy share, what waits for a
/// processor in the client would else be told of the proxy.
/// </summary>
internal static class RealTimeThread
{
    private const int Fifo = 1; // SCHED_FIFO
    private const int Lowest = 1;

    /// <summary>Starts one: sched_setscheduler(2). Where the kernel refuses that, it is an ordinary thread.</summary>
    internal static Thread Start(Action action)
    {
        var thread = new Thread(() =>
        {
            int priority = Lowest;
            _ = sched_setscheduler(0, Fifo, in priority);
            action();
        });
        thread.Start();
        return thread;
    }

    // struct sched_param is one int.
    [DllImport("libc")]
    private static extern int sched_setscheduler(int thread, int policy, in int priority);
}
