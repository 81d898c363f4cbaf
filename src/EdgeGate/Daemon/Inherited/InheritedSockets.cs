using System.Net;
using EdgeGate.Configuration;
using EdgeGate.Native.Sockets;
using EdgeGate.Systemd;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Daemon.Inherited;

/// <summary>
/// The sockets that were open when this process began: those of systemd, by their names. They stay open for as long as
/// the process lives, and a listener gets a descriptor of its own: one that a reload takes away and another brings back
/// finds its socket again, which nobody but systemd could open a second time.
/// </summary>
internal sealed class InheritedSockets : IDisposable
{
    private readonly List<Named> _named;
    private readonly ILogger _log;

    public InheritedSockets(IEnumerable<(string Name, InheritedSocket Socket)> named, ILogger log)
    {
        _named = [.. named.Select(n => new Named(n.Name, n.Socket))];
        _log = log;
    }

    private sealed record Named(string Name, InheritedSocket Socket)
    {
        public bool IsClaimed { get; set; }
    }

    /// <summary>The places of a listener: the addresses that it binds, or the sockets of systemd's that suit it.</summary>
    /// <exception cref="IOException">There is no such socket; the message says which there are.</exception>
    public IReadOnlyList<EndPoint> PlacesOf(ListenerConfig listener)
    {
        if (listener.Bind.Kind != BindKind.Systemd)
        {
            return [.. listener.Bind.Addresses];
        }

        Named[] suitable = [.. Suitable(listener)];
        if (suitable.Length == 0)
        {
            throw new IOException($"listener {listener.Name}: cannot bind {listener.Bind}: {WhyNone(listener)}");
        }

        // Sockets of datagrams that share an address serve it together; each of streams is a listener of its own.
        return listener.Protocol == ListenerProtocol.Udp
            ? [.. suitable.Select(s => s.Socket.EndPoint!).Distinct().Select(a => new SystemdEndPoint(listener.Bind.Name!, a, 0))]
            : [.. suitable.GroupBy(s => s.Socket.EndPoint!).SelectMany(same =>
                same.Select((_, ordinal) => new SystemdEndPoint(listener.Bind.Name!, same.Key, ordinal)))];
    }

    /// <summary>Descriptors for the sockets of a place; none where the place is to be bound.</summary>
    /// <exception cref="IOException">There is no descriptor left.</exception>
    public IReadOnlyList<OwnedDescriptor> Claim(ListenerConfig listener, EndPoint place)
    {
        if (place is not SystemdEndPoint inherited)
        {
            return [];
        }

        Named[] there = [.. Suitable(listener).Where(s => s.Socket.EndPoint!.Equals(inherited.Address))];
        Named[] claimed = listener.Protocol == ListenerProtocol.Udp ? there : [there[inherited.Ordinal]];
        Array.ForEach(claimed, named => named.IsClaimed = true);
        return [.. claimed.Select(named => named.Socket.Duplicate())];
    }

    /// <summary>Closes what no listener binds: nobody would ever accept what queues up on it.</summary>
    public void CloseUnclaimed()
    {
        foreach (Named unclaimed in _named.Where(named => !named.IsClaimed))
        {
            SystemdLog.Unclaimed(_log, unclaimed.Socket.Description, unclaimed.Name);
            unclaimed.Socket.Dispose();
        }

        _named.RemoveAll(named => !named.IsClaimed);
    }

    public void Dispose() => _named.ForEach(named => named.Socket.Dispose());

    private IEnumerable<Named> Suitable(ListenerConfig listener)
    {
        InheritedSocketKind wanted = listener.Protocol == ListenerProtocol.Udp
            ? InheritedSocketKind.Datagram
            : InheritedSocketKind.Listening;
        return _named.Where(named => named.Name == listener.Bind.Name && named.Socket.Kind == wanted);
    }

    private string WhyNone(ListenerConfig listener)
    {
        string name = listener.Bind.Name!;
        string wanted = listener.Protocol == ListenerProtocol.Udp ? "a UDP socket" : "a stream socket that listens";
        Named[] there = [.. _named.Where(named => named.Name == name)];
        if (there.Length > 0)
        {
            string protocol = listener.Protocol.ToString().ToLowerInvariant();
            return $"that name has {string.Join(" and ", there.Select(named => named.Socket.Description))}, "
                + $"and Protocol {protocol} wants {wanted}";
        }

        string[] names = [.. _named.Select(named => named.Name).Distinct().Order(StringComparer.Ordinal)];
        return names.Length == 0
            ? "the service manager handed over no socket (LISTEN_FDS); start the socket unit whose FileDescriptorName it is"
            : $"the service manager handed over no socket of that name, but {string.Join(", ", names.Select(n => $"'{n}'"))}."
                + Nearest.Hint(name, names);
    }
}
