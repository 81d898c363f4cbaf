using System.Globalization;
using System.Runtime.InteropServices;
using EdgeGate.Native.Interop;
using EdgeGate.Native.Kernel;
using EdgeGate.Native.Sockets;
using EdgeGate.Tests.Sockets;

namespace EdgeGate.Tests.Transport;

/// <summary>
/// Fills the descriptor table of this process: lowers the soft limit to a little above what the test host has open
/// and takes the rest. Everything is put back on disposal. Only for a process of one's own: the runtime may end when it
/// cannot start a thread.
/// </summary>
internal sealed class DescriptorSqueeze : IDisposable
{
    private const int StandardStreams = 3;

    private readonly DescriptorLimit _before = DescriptorLimit.Read();
    private readonly Stack<OwnedDescriptor> _taken = [];
    private readonly long _soft;

    internal DescriptorSqueeze()
    {
        StartThreads();

        // What earlier tests forgot must not be closed, and so give a place up, while this one counts places.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        int highest = Directory.GetFiles("/proc/self/fd")
            .Max(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture));
        OwnedDescriptor first = SocketFactory.OpenReserve();
        _taken.Push(first);
        _soft = highest + 32;
        SetSoft(_soft);
        while (TryTake(first) is { } next)
        {
            _taken.Push(next);
        }
    }

    /// <summary>Leaves some places to others.</summary>
    internal void Free(int places)
    {
        for (int i = 0; i < places; i++)
        {
            _taken.Pop().Dispose();
        }
    }

    /// <summary>Refuses even the places that are free.</summary>
    internal void Tighten() => SetSoft(StandardStreams);

    /// <summary>Ends <see cref="Tighten"/>.</summary>
    internal void Loosen() => SetSoft(_soft);

    public void Dispose()
    {
        SetSoft(_before.Soft);
        foreach (OwnedDescriptor descriptor in _taken)
        {
            descriptor.Dispose();
        }

        _taken.Clear();
    }

    private static OwnedDescriptor? TryTake(OwnedDescriptor first)
    {
        int taken = Libc.fcntl(first.Descriptor.Number, Descriptors.LowestFreeFrom, 0);
        return taken < 0 ? null : new OwnedDescriptor(taken);
    }

    /// <summary>The runtime cannot start a thread without a free descriptor: start them before.</summary>
    private static void StartThreads()
    {
        const int Threads = 8;
        ThreadPool.GetMinThreads(out int workers, out int completion);
        ThreadPool.SetMinThreads(Math.Max(workers, Threads), completion);
        using var all = new Barrier(Threads);
        Task.WaitAll(Enumerable.Range(0, Threads).Select(_ => Task.Run(all.SignalAndWait)).Append(Task.Delay(1)));
    }

    private void SetSoft(long soft)
    {
        var limit = new Libc.RLimit { Soft = (ulong)soft, Hard = (ulong)_before.Hard };
        Assert.Equal(0, setrlimit(Libc.RLIMIT_NOFILE, limit));
    }

    [DllImport("libc")]
    private static extern int setrlimit(int resource, in Libc.RLimit limit);
}
