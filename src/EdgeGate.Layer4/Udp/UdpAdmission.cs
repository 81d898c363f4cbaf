namespace EdgeGate.Layer4.Udp;

/// <summary>
/// What the sockets of one listener decide together: whether it drains, and when it is closed.
/// Callable from any thread; it is asked when a flow begins or ends, not for its datagrams.
/// </summary>
internal sealed class UdpAdmission
{
    // Flows begin and end on several loops, and a stop or its opposite comes from elsewhere.
    private readonly Lock _lock = new();
    private volatile UdpListenerState _state;
    private int _flows;

    internal UdpListenerState State => _state;

    /// <summary>Lets a flow in; false if the listener drains.</summary>
    internal bool TryEnter()
    {
        lock (_lock)
        {
            bool serves = _state == UdpListenerState.Serving;
            _flows += serves ? 1 : 0;
            return serves;
        }
    }

    /// <summary>Lets a flow out.</summary>
    /// <returns>Whether it was the last one, and the listener waits for that to close.</returns>
    internal bool Leave()
    {
        lock (_lock)
        {
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
