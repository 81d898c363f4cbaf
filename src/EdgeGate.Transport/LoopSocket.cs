using System.Diagnostics;
using EdgeGate.Native;
using EdgeGate.Native.Polling;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Transport;

/// <summary>
/// A socket that lives on an event loop, and its reactions. It owns its descriptor from construction on; once
/// attached, everything happens on the loop's thread. A new lane is a new kind of <see cref="LoopSocket"/>.
/// </summary>
/// <remarks>
/// <code>
///   created --Attach--> attached --Close--> closed
///      '------------------Close----------------^
/// </code>
/// </remarks>
public abstract class LoopSocket
{
    private Descriptor _descriptor;
    private ulong _token;
    private EventLoop? _loop;

    /// <summary>Takes over an open, non-blocking descriptor.</summary>
    protected LoopSocket(Descriptor descriptor) => _descriptor = descriptor;

    /// <summary>The loop that the socket lives on.</summary>
    /// <exception cref="InvalidOperationException">It has not been attached.</exception>
    public EventLoop Loop => _loop ?? throw new InvalidOperationException("the socket is not attached to a loop");

    /// <summary>Whether the descriptor is gone.</summary>
    public bool IsClosed => !_descriptor.IsValid;

    /// <summary>The descriptor, for calls on the loop's own thread.</summary>
    protected Descriptor Descriptor => _descriptor;

    /// <summary>
    /// Whether another process may have the same socket open. What is set on it then holds for that process too, and
    /// closing it here ends neither the socket nor the poller's reports of it.
    /// </summary>
    protected virtual bool MayBeShared => false;

    /// <summary>What the poller is asked for: a listener is level-triggered, all else edge-triggered, for life.</summary>
    protected virtual Interest Interest => Interest.Connection;

    /// <summary>
    /// Joins a loop, on its thread. If the poller refuses, the socket closes; one that is closed already stays so.
    /// </summary>
    public void Attach(EventLoop loop)
    {
        Debug.Assert(loop.IsCurrent, "attached from another thread");
        if (IsClosed)
        {
            return; // closed on its way here: there is nothing to own, and nobody would empty the slot
        }

        _loop = loop;
        _token = loop.Slots.Add(this);
        SysResult added = loop.Poller.Add(_descriptor, _token, Interest);
        if (added.Failed)
        {
            OnAttachFailed(added.Error);
            Close(reset: true);
            return;
        }

        OnAttached();
    }

    /// <summary>The socket has joined its loop; readiness is reported from now on.</summary>
    protected virtual void OnAttached()
    {
    }

    /// <summary>The poller did not take the socket (ENOMEM, ENOSPC: epoll_ctl(2)); it is closed next.</summary>
    protected virtual void OnAttachFailed(Errno error)
    {
    }

    /// <summary>There is something to read.</summary>
    /// <param name="ending">
    /// The stream ends or has failed: reading must go on until 0 or an error, a short read is not the last one.
    /// </param>
    protected internal abstract void OnReadable(bool ending);

    /// <summary>There is room to write, or a connect has ended.</summary>
    protected internal abstract void OnWritable();

    /// <summary>The descriptor is about to be closed: the last chance to ask the kernel about it.</summary>
    protected virtual void OnClosing()
    {
    }

    /// <summary>
    /// The descriptor is gone. Called exactly once, last: whatever the socket holds is given back here.
    /// </summary>
    protected abstract void OnClosed();

    /// <summary>Closes the socket, on its loop's thread or before it was attached. A second call does nothing.</summary>
    /// <param name="reset">Whether the peer gets a reset, and what is still queued is thrown away.</param>
    protected internal void Close(bool reset)
    {
        if (IsClosed)
        {
            return;
        }

        OnClosing();
        Descriptor descriptor = _descriptor;
        _descriptor = Descriptor.None;
        if (_loop is { } loop)
        {
            if (MayBeShared)
            {
                _ = loop.Poller.Remove(descriptor); // epoll(7), Questions and answers, 6
            }

            loop.Poller.Closing(descriptor);
            loop.Slots.Remove(_token);
        }

        if (reset && !MayBeShared)
        {
            SocketIO.CloseWithReset(descriptor);
        }
        else
        {
            SocketIO.Close(descriptor);
        }

        OnClosed();
    }

    /// <summary>Changes what the poller is asked for, on the loop's thread.</summary>
    protected void ChangeInterest(Interest interest)
    {
        if (!IsClosed)
        {
            _ = Loop.Poller.Modify(_descriptor, _token, interest);
        }
    }
}
