using EdgeGate.Native.Interop;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Native.Polling;

/// <summary>
/// Asks the kernel which descriptors are ready. One thread owns a poller; only <see cref="Wake"/> may be called from
/// another.
/// </summary>
/// <remarks>
/// What a caller may rely on, with every back end:
/// <list type="bullet">
/// <item>A report carries the token that the descriptor was added with. It may be spurious, and it may name a
/// descriptor that was closed (and its number reused) earlier in the same batch: the caller tells by the token.</item>
/// <item>With <see cref="Interest.EdgeTriggered"/> a report comes once a change. The caller reads or writes until the
/// call would block, or until a read gave less than was asked for and no end was reported with it; otherwise it must
/// remember that the descriptor is still ready.</item>
/// <item>An error or a hang-up is reported as readable and writable too, so that the next call finds it.</item>
/// <item>A paused descriptor may still be reported once when its connection fails.</item>
/// <item>Closing a descriptor takes it out, once <see cref="Closing"/> was told.</item>
/// </list>
/// </remarks>
public abstract class Poller : IDisposable
{
    /// <summary>The token that no caller may use: it is the wake-up's.</summary>
    public const ulong WakeToken = ulong.MaxValue;

    /// <summary>Opens the poller that suits this system: epoll on Linux, kqueue on macOS and the BSDs.</summary>
    /// <param name="kind">Which one; <see cref="PollerKind.Kqueue"/> works on Linux where libkqueue is installed.</param>
    /// <exception cref="SysException">The kernel refuses a descriptor.</exception>
    /// <exception cref="PlatformNotSupportedException">This system does not have that poller.</exception>
    public static Poller Open(PollerKind kind = PollerKind.Auto) => kind switch
    {
        PollerKind.Auto => Open(OperatingSystem.IsLinux() ? PollerKind.Epoll : PollerKind.Kqueue),
        PollerKind.Epoll when OperatingSystem.IsLinux() => new EpollPoller(),
        PollerKind.Kqueue when LibKqueue.IsAvailable() => new KqueuePoller(),
        _ => throw new PlatformNotSupportedException($"this system has no {kind.ToString().ToLowerInvariant()}"),
    };

    /// <summary>The kernel interface's name: <c>epoll</c> or <c>kqueue</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Starts reporting a descriptor.</summary>
    /// <param name="descriptor">An open, non-blocking descriptor that this poller does not know yet.</param>
    /// <param name="token">Comes back with each report; not <see cref="WakeToken"/>.</param>
    /// <param name="interest">What to report.</param>
    public abstract SysResult Add(Descriptor descriptor, ulong token, Interest interest);

    /// <summary>Changes what is reported of a descriptor; <see cref="Interest.None"/> pauses it.</summary>
    public abstract SysResult Modify(Descriptor descriptor, ulong token, Interest interest);

    /// <summary>Stops reporting a descriptor that stays open.</summary>
    public abstract SysResult Remove(Descriptor descriptor);

    /// <summary>
    /// To be called before a descriptor that was added is closed. The kernel's own pollers forget it by themselves, so
    /// it costs nothing there; libkqueue, which lives outside the kernel, has to be told.
    /// </summary>
    public virtual void Closing(Descriptor descriptor)
    {
    }

    /// <summary>Waits for reports.</summary>
    /// <param name="events">Where they go.</param>
    /// <param name="timeoutMilliseconds">At most this long; 0 does not wait, −1 waits without end.</param>
    /// <returns>How many there are: 0 after the time-out, a wake-up or a signal.</returns>
    /// <exception cref="SysException">The poller itself is broken.</exception>
    public abstract int Wait(Span<PollEvent> events, int timeoutMilliseconds);

    /// <summary>
    /// Makes the present or the next <see cref="Wait"/> return. Callable from any thread, and harmless after the end.
    /// </summary>
    public abstract void Wake();

    /// <inheritdoc/>
    public abstract void Dispose();
}
