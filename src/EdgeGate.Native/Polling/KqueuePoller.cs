using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeGate.Native.Interop;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Native.Polling;

/// <summary>The poller over kqueue(2), with an EVFILT_USER event as its wake-up.</summary>
internal sealed unsafe class KqueuePoller : Poller
{
    private const int Batch = 256;

    private static readonly int Size = KeventLayout.Current.Size;

    private readonly OwnedDescriptor _kqueue;
    private byte* _events;

    internal KqueuePoller()
    {
        _kqueue = new OwnedDescriptor(SysResult.From(LibKqueue.kqueue()).OrThrow("kqueue"));
        _events = (byte*)NativeMemory.AllocZeroed((nuint)(Batch * Size));
        Change(WakeIdent, LibKqueue.EVFILT_USER, LibKqueue.EV_ADD | LibKqueue.EV_CLEAR, 0, WakeToken)
            .OrThrow("kevent EVFILT_USER");
    }

    private const nuint WakeIdent = 1;

    public override string Name => "kqueue";

    public override SysResult Add(Descriptor descriptor, ulong token, Interest interest) =>
        Modify(descriptor, token, interest);

    public override SysResult Modify(Descriptor descriptor, ulong token, Interest interest)
    {
        // Reading last: libkqueue forgets to watch for the peer's FIN when the write filter is added after it.
        SysResult result = Filter(descriptor, token, LibKqueue.EVFILT_WRITE, interest, Interest.Writable);
        return result.Failed ? result : Filter(descriptor, token, LibKqueue.EVFILT_READ, interest, Interest.Readable);
    }

    public override SysResult Remove(Descriptor descriptor) => Modify(descriptor, 0, Interest.None);

    public override int Wait(Span<PollEvent> events, int timeoutMilliseconds)
    {
        TimeSpec timeout = TimeSpec.FromMilliseconds(Math.Max(0, timeoutMilliseconds));
        SysResult result = SysResult.From(LibKqueue.kevent(
            _kqueue.Descriptor.Number, null, 0, _events, Math.Min(Batch, events.Length),
            timeoutMilliseconds < 0 ? null : &timeout));
        if (result.Failed)
        {
            return result.Error == Errno.EINTR ? 0 : result.OrThrow("kevent");
        }

        int count = 0;
        for (int i = 0; i < result.Value; i++)
        {
            byte* reported = _events + (i * Size);
            short filter = Unsafe.ReadUnaligned<short>(reported + KeventLayout.Filter);
            if (filter != LibKqueue.EVFILT_USER)
            {
                ushort flags = Unsafe.ReadUnaligned<ushort>(reported + KeventLayout.Flags);
                ulong token = Unsafe.ReadUnaligned<ulong>(reported + KeventLayout.UserData);
                events[count++] = new PollEvent(token, Readiness(filter, flags));
            }
        }

        return count;
    }

    public override void Closing(Descriptor descriptor)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Remove(descriptor); // libkqueue would find the number's next owner already known, and stay silent
        }
    }

    public override void Wake()
    {
        if (_kqueue.TryBorrow())
        {
            _ = Change(WakeIdent, LibKqueue.EVFILT_USER, 0, LibKqueue.NOTE_TRIGGER, WakeToken);
            _kqueue.GiveBack();
        }
    }

    public override void Dispose()
    {
        _kqueue.Dispose();
        NativeMemory.Free(_events);
        _events = null;
    }

    /// <summary>
    /// Translates a report. EV_EOF on the read filter is the peer's FIN (data may still wait); on the write filter
    /// nobody takes what we send any more.
    /// </summary>
    internal static Readiness Readiness(short filter, ushort flags)
    {
        bool end = (flags & (LibKqueue.EV_EOF | LibKqueue.EV_ERROR)) != 0;
        Readiness ready = filter == LibKqueue.EVFILT_READ
            ? Polling.Readiness.Readable
            : Polling.Readiness.Writable;
        if (!end)
        {
            return ready;
        }

        return filter == LibKqueue.EVFILT_READ
            ? ready | Polling.Readiness.Ending
            : ready | Polling.Readiness.Readable | Polling.Readiness.Ending | Polling.Readiness.HungUp;
    }

    private SysResult Filter(Descriptor descriptor, ulong token, short filter, Interest interest, Interest wanted)
    {
        bool on = interest.HasFlag(wanted);
        ushort flags = on ? LibKqueue.EV_ADD : LibKqueue.EV_DELETE;
        if (on && interest.HasFlag(Interest.EdgeTriggered))
        {
            flags |= LibKqueue.EV_CLEAR;
        }

        SysResult result = Change((nuint)descriptor.Number, filter, flags, 0, token);

        // Deleting what was never added is no mistake here: an interest is a state, not a step.
        return !on && result.Failed && result.Error != Errno.EBADF ? default : result;
    }

    private SysResult Change(nuint ident, short filter, ushort flags, uint filterFlags, ulong token)
    {
        byte* change = stackalloc byte[64];
        Unsafe.InitBlock(change, 0, 64);
        Unsafe.WriteUnaligned(change + KeventLayout.Ident, ident);
        Unsafe.WriteUnaligned(change + KeventLayout.Filter, filter);
        Unsafe.WriteUnaligned(change + KeventLayout.Flags, flags);
        Unsafe.WriteUnaligned(change + KeventLayout.FilterFlags, filterFlags);
        Unsafe.WriteUnaligned(change + KeventLayout.UserData, token);
        return SysResult.From(LibKqueue.kevent(_kqueue.Descriptor.Number, change, 1, null, 0, null));
    }
}
