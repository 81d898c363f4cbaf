using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeGate.Native.Interop;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Native.Polling;

/// <summary>The poller over epoll(7), with an eventfd(2) as its wake-up.</summary>
internal sealed unsafe class EpollPoller : Poller
{
    private const int Batch = 256;

    private readonly OwnedDescriptor _epoll;
    private readonly OwnedDescriptor _wake;
    private byte* _events;

    internal EpollPoller()
    {
        _epoll = new OwnedDescriptor(
            SysResult.From(Libc.epoll_create1(Libc.EPOLL_CLOEXEC)).OrThrow("epoll_create1"));
        _wake = new OwnedDescriptor(
            SysResult.From(Libc.eventfd(0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK)).OrThrow("eventfd"));
        _events = (byte*)NativeMemory.Alloc((nuint)(Batch * EpollEventLayout.Current.Size));

        // Edge-triggered, so each write reports once and nobody needs to read the counter back to zero.
        Control(Libc.EPOLL_CTL_ADD, _wake.Descriptor, WakeToken, Libc.EPOLLIN | Libc.EPOLLET).OrThrow("epoll_ctl");
    }

    public override string Name => "epoll";

    /// <summary>The wake-up's own number, for tests.</summary>
    internal Descriptor WakeDescriptor => _wake.Descriptor;

    public override SysResult Add(Descriptor descriptor, ulong token, Interest interest) =>
        Control(Libc.EPOLL_CTL_ADD, descriptor, token, Mask(interest));

    public override SysResult Modify(Descriptor descriptor, ulong token, Interest interest) =>
        Control(Libc.EPOLL_CTL_MOD, descriptor, token, Mask(interest));

    public override SysResult Remove(Descriptor descriptor) =>
        Control(Libc.EPOLL_CTL_DEL, descriptor, 0, 0);

    public override int Wait(Span<PollEvent> events, int timeoutMilliseconds)
    {
        SysResult result = SysResult.From(Libc.epoll_wait(
            _epoll.Descriptor.Number, _events, Math.Min(Batch, events.Length), timeoutMilliseconds));
        if (result.Failed)
        {
            // A signal is a wake-up: the caller looks at its clock and its work and comes back.
            return result.Error == Errno.EINTR ? 0 : result.OrThrow("epoll_wait");
        }

        int count = 0;
        for (int i = 0; i < result.Value; i++)
        {
            byte* reported = _events + (i * EpollEventLayout.Current.Size);
            ulong token = Unsafe.ReadUnaligned<ulong>(reported + EpollEventLayout.Current.DataOffset);
            if (token != WakeToken)
            {
                events[count++] = new PollEvent(token, Readiness(Unsafe.ReadUnaligned<uint>(reported)));
            }
        }

        return count;
    }

    public override void Wake()
    {
        if (_wake.TryBorrow())
        {
            ulong one = 1;
            _ = Libc.write(_wake.Descriptor.Number, &one, sizeof(ulong));
            _wake.GiveBack();
        }
    }

    public override void Dispose()
    {
        _epoll.Dispose();
        _wake.Dispose();
        NativeMemory.Free(_events);
        _events = null;
    }

    /// <summary>Translates a report: 0x2005 is a half-close, 0x2015 both directions closed, 0x201d a reset.</summary>
    internal static Readiness Readiness(uint mask)
    {
        var ready = Polling.Readiness.None;
        if ((mask & (Libc.EPOLLIN | Libc.EPOLLRDHUP | Libc.EPOLLHUP | Libc.EPOLLERR)) != 0)
        {
            ready |= Polling.Readiness.Readable;
        }

        if ((mask & (Libc.EPOLLOUT | Libc.EPOLLHUP | Libc.EPOLLERR)) != 0)
        {
            ready |= Polling.Readiness.Writable;
        }

        if ((mask & (Libc.EPOLLRDHUP | Libc.EPOLLHUP | Libc.EPOLLERR)) != 0)
        {
            ready |= Polling.Readiness.Ending;
        }

        if ((mask & (Libc.EPOLLHUP | Libc.EPOLLERR)) != 0)
        {
            ready |= Polling.Readiness.HungUp;
        }

        return ready;
    }

    private static uint Mask(Interest interest)
    {
        if (interest == Interest.None)
        {
            // Errors and hang-ups are always reported; edge-triggered, once and not for as long as the pause lasts.
            return Libc.EPOLLET;
        }

        uint mask = 0;
        if (interest.HasFlag(Interest.Readable))
        {
            mask |= Libc.EPOLLIN | Libc.EPOLLRDHUP;
        }

        if (interest.HasFlag(Interest.Writable))
        {
            mask |= Libc.EPOLLOUT;
        }

        if (interest.HasFlag(Interest.EdgeTriggered))
        {
            mask |= Libc.EPOLLET;
        }

        return mask;
    }

    private SysResult Control(int operation, Descriptor descriptor, ulong token, uint mask)
    {
        byte* change = stackalloc byte[16];
        Unsafe.WriteUnaligned(change, mask);
        Unsafe.WriteUnaligned(change + EpollEventLayout.Current.DataOffset, token);
        return SysResult.From(Libc.epoll_ctl(_epoll.Descriptor.Number, operation, descriptor.Number, change));
    }
}
