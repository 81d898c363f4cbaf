using System.Net;
using System.Net.Sockets;
using EdgeGate.Configuration;
using EdgeGate.Native.Sockets;
using EdgeGate.Systemd;
using EdgeGate.Takeover;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Daemon.Inherited;

/// <summary>
/// The sockets that were open when this process began. Those of systemd go by their names. They stay open for as long as
/// the process lives, and a listener gets a descriptor of its own: one that a reload takes away and another brings back
/// finds its socket again, which nobody but systemd could open a second time. Those that a predecessor bound go by their
/// addresses, and are this process's own from then on.
/// </summary>
internal sealed class InheritedSockets : IDisposable
{
    private readonly List<Named> _named;
    private readonly List<HandedSocket> _handed;
    private readonly int? _predecessor;
    private readonly ILogger _log;

    /// <param name="named">From systemd.</param>
    /// <param name="predecessor">The process that this one takes over from, if there is one.</param>
    /// <param name="log">Where is told what nobody wants.</param>
    public InheritedSockets(
        IEnumerable<(string Name, InheritedSocket Socket)> named, Predecessor? predecessor, ILogger log)
    {
        IReadOnlyList<HandedSocket> handed = predecessor?.Sockets ?? [];
        Named[] passedOn = [.. handed.Where(h => h.Message.Name is not null).Select(h => new Named(h.Message.Name!, h.Socket))];
        _handed = [.. handed.Where(h => h.Message.Name is null)];
        _predecessor = predecessor?.Process;
        _log = log;

        // A socket that systemd gave both processes is one socket: the predecessor's copy serves.
        _named = [.. passedOn];
        foreach (var (name, socket) in named)
        {
            if (Array.Exists(passedOn, known => known.Name == name))
            {
                socket.Dispose();
            }
            else
            {
                _named.Add(new Named(name, socket));
            }
        }
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
            HandedSocket[] left = [.. _handed.Where(h => !h.Message.IsAdmin && Fits(h, listener, place))];
            HandedSocket[] taken = listener.Protocol == ListenerProtocol.Udp ? left : left[..Math.Min(left.Length, 1)];
            _handed.RemoveAll(taken.Contains);
            return [.. taken.Select(h => h.Socket.Release())];
        }

        Named[] there = [.. Suitable(listener).Where(s => s.Socket.EndPoint!.Equals(inherited.Address))];
        Named[] claimed = listener.Protocol == ListenerProtocol.Udp ? there : [there[inherited.Ordinal]];
        Array.ForEach(claimed, named => named.IsClaimed = true);
        return [.. claimed.Select(named => named.Socket.Duplicate())];
    }

    /// <summary>The predecessor's socket of an address of the admin's; null where that is to be bound.</summary>
    public OwnedDescriptor? ClaimAdmin(EndPoint place)
    {
        HandedSocket? handed = _handed.Find(
            h => h.Message.IsAdmin && h.Message.Place == TakeoverMessage.PlaceOf(place));
        return handed is not null && _handed.Remove(handed) ? handed.Socket.Release() : null;
    }

    /// <summary>Closes what no listener binds: nobody would ever accept what queues up on it.</summary>
    public void CloseUnclaimed()
    {
        foreach (HandedSocket unwanted in _handed)
        {
            TakeoverLog.Unwanted(_log, unwanted.Socket.Description, _predecessor ?? 0);
            unwanted.Socket.Dispose();
            if (unwanted.Socket.EndPoint is UnixDomainSocketEndPoint file)
            {
                File.Delete(file.ToString()); // its maker has left it to us
            }
        }

        _handed.Clear();
        foreach (Named unclaimed in _named.Where(named => !named.IsClaimed))
        {
            SystemdLog.Unclaimed(_log, unclaimed.Socket.Description, unclaimed.Name);
            unclaimed.Socket.Dispose();
        }

        _named.RemoveAll(named => !named.IsClaimed);
    }

    public void Dispose()
    {
        _named.ForEach(named => named.Socket.Dispose());
        _handed.ForEach(handed => handed.Socket.Dispose());
    }

    // By what was asked for, and else by what it is: port 0 goes by the listener's name.
    private static bool Fits(HandedSocket handed, ListenerConfig listener, EndPoint place)
    {
        bool isAnyPort = place is IPEndPoint { Port: 0 };
        return handed.Socket.Kind == KindFor(listener)
            && ((handed.Message.Place == TakeoverMessage.PlaceOf(place) && (!isAnyPort || handed.Message.Listener == listener.Name))
                || place.Equals(handed.Socket.EndPoint));
    }

    private static InheritedSocketKind KindFor(ListenerConfig listener) =>
        listener.Protocol == ListenerProtocol.Udp ? InheritedSocketKind.Datagram : InheritedSocketKind.Listening;

    private IEnumerable<Named> Suitable(ListenerConfig listener) => _named.Where(
        named => named.Name == listener.Bind.Name && named.Socket.Kind == KindFor(listener));

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
