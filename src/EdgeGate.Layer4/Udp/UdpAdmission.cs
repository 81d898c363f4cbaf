using System.Runtime.InteropServices;

namespace EdgeGate.Layer4.Udp;

/// <summary>
/// What the sockets of one listener decide together: whether it drains, when it is closed, and how many flows a source
/// has. Callable from any thread; it is asked when a flow begins or ends, not for its datagrams.
/// </summary>
internal sealed class UdpAdmission
{
    // Flows begin and end on several loops, and a stop or its opposite comes from elsewhere.
    private readonly Lock _lock = new();
    private readonly Dictionary<UdpSource, int> _perSource = [];
    private volatile UdpListenerState _state;
    private int _flows;

    internal UdpListenerState State => _state;

    /// <summary>How many sources have flows.</summary>
    internal int Sources
    {
        get
        {
            lock (_lock)
            {
                return _perSource.Count;
            }
        }
    }

    /// <summary>Lets a flow in.</summary>
    /// <param name="source">Whom it is counted for.</param>
    /// <param name="maximum">The most flows of one source.</param>
    internal bool TryEnter(UdpSource source, int maximum)
    {
        lock (_lock)
        {
            if (_state != UdpListenerState.Serving || _perSource.GetValueOrDefault(source) >= maximum)
            {
                return false;
            }

            CollectionsMarshal.GetValueRefOrAddDefault(_perSource, source, out _)++;
            _flows++;
            return true;
        }
    }

    /// <summary>Lets a flow out.</summary>
    /// <returns>Whether it was the last one, and the listener waits for that to close.</returns>
    internal bool Leave(UdpSource source)
    {
        lock (_lock)
        {
            ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(_perSource, source, out _);
            if (--count == 0)
            {
                _perSource.Remove(source);
            }

            return --_flows == 0 && _state == UdpListenerState.Draining;
        }
    }

    /// <summary>Lets nobody new in.</summary>
    internal void Drain() => Move(UdpListenerState.Serving, UdpListenerState.Draining);

    /// <summary>Takes that back, unless the sockets are closed or about to be.</summary>
    internal bool TryResume() => Move(UdpListenerState.Draining, UdpListenerState.Serving);

    /// <summary>Whether the sockets are to close: it drains, and the last flow has gone.</summary>
    internal bool TryClose()
    {
        lock (_lock)
        {
            if (_state == UdpListenerState.Draining && _flows == 0)
            {
                _state = UdpListenerState.Closed;
            }

            return _state == UdpListenerState.Closed;
        }
    }

    private bool Move(UdpListenerState from, UdpListenerState to)
    {
        lock (_lock)
        {
            if (_state != from)
            {
                return false;
            }

            _state = to;
            return true;
        }
    }
}
