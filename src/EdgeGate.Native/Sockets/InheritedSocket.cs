using System.Net;
using System.Net.Sockets;
using EdgeGate.Native.Interop;

namespace EdgeGate.Native.Sockets;

/// <summary>
/// A descriptor that another process opened and handed over, and what the kernel says that it is. It closes with its
/// owner; the socket itself lives on in whoever else has it open.
/// </summary>
public sealed class InheritedSocket : IDisposable
{
    private readonly OwnedDescriptor _owned;

    private InheritedSocket(OwnedDescriptor owned)
    {
        _owned = owned;
        Descriptor descriptor = owned.Descriptor;
        SysResult type = SocketOptions.GetType(descriptor);
        EndPoint = type.Failed ? null : (EndPoint?)SocketFactory.LocalAddress(descriptor) ?? SocketFactory.LocalPath(descriptor);
        bool listens = SocketOptions.GetListens(descriptor).Value == 1;
        Kind = EndPoint is null ? InheritedSocketKind.Other
            : type.Value == SocketConstants.SOCK_STREAM && listens ? InheritedSocketKind.Listening
            : type.Value == SocketConstants.SOCK_DGRAM && EndPoint is IPEndPoint ? InheritedSocketKind.Datagram
            : InheritedSocketKind.Other;
        Description = Describe(type, listens);
    }

    /// <summary>What can be done with it.</summary>
    public InheritedSocketKind Kind { get; }

    /// <summary>Its own address, with the real port, or its path; null where it has none.</summary>
    public EndPoint? EndPoint { get; }

    /// <summary>What it is, for people: <c>a UDP socket on 0.0.0.0:53</c>.</summary>
    public string Description { get; }

    /// <summary>
    /// Takes a descriptor over by its number, and has it close on exec(2). What it is is asked of the kernel, not
    /// believed of whoever handed it over.
    /// </summary>
    public static InheritedSocket Take(int number) => Take(new OwnedDescriptor(number));

    /// <summary>Takes a descriptor over that came through another socket.</summary>
    public static InheritedSocket Take(OwnedDescriptor descriptor)
    {
        SocketFactory.SetNonBlockingAndCloseOnExec(descriptor.Descriptor.Number);
        return new InheritedSocket(descriptor);
    }

    /// <summary>A descriptor of the same socket for whoever serves it; this one stays.</summary>
    /// <exception cref="SysException">EMFILE.</exception>
    public OwnedDescriptor Duplicate() => SocketFactory.Duplicate(_owned.Descriptor);

    /// <summary>The descriptor itself, for whoever owns the socket from now on.</summary>
    public OwnedDescriptor Release() => new(_owned.Release().Number);

    /// <inheritdoc/>
    public void Dispose() => _owned.Dispose();

    /// <inheritdoc/>
    public override string ToString() => Description;

    private string Describe(SysResult type, bool listens)
    {
        if (type.Failed)
        {
            return "a descriptor that is no socket";
        }

        bool isUnix = EndPoint is UnixDomainSocketEndPoint;
        string place = EndPoint is null ? "without an address" : isUnix ? $"at {EndPoint}" : $"on {EndPoint}";
        string what = type.Value == SocketConstants.SOCK_STREAM
            ? (listens ? "a listening " : "a connected or unused ") + (isUnix ? "Unix" : "TCP") + " socket"
            : type.Value == SocketConstants.SOCK_DGRAM ? isUnix ? "a Unix datagram socket" : "a UDP socket"
            : "a socket of another kind";
        return $"{what} {place}";
    }
}
