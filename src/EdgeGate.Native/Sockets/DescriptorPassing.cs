using System.Runtime.InteropServices;
using EdgeGate.Native.Interop;

namespace EdgeGate.Native.Sockets;

/// <summary>
/// Sends descriptors to another process through a Unix stream socket, and receives them: unix(7), SCM_RIGHTS. Both
/// processes have the same sockets open then.
/// </summary>
public static unsafe class DescriptorPassing
{
    private const int MaxReceived = 16; // with one read; whoever sends attaches one to a message

    /// <summary>Sends bytes, and with the first of them a descriptor; the sender's own stays open.</summary>
    /// <param name="channel">A Unix stream socket.</param>
    /// <param name="bytes">At least one byte.</param>
    /// <param name="passed">The descriptor; <see cref="Descriptor.None"/> for none.</param>
    /// <returns>Bytes taken; the descriptor goes with the first.</returns>
    public static SysResult Send(Descriptor channel, ReadOnlySpan<byte> bytes, Descriptor passed)
    {
        byte* control = stackalloc byte[CmsgHdr.SpaceOf(sizeof(int))];
        var room = new Span<byte>(control, CmsgHdr.SpaceOf(sizeof(int)));
        fixed (byte* start = bytes)
        {
            var vector = new IoVec { Base = start, Length = (nuint)bytes.Length };
            var message = new MsgHdr { Vectors = &vector, VectorCount = 1 };
            if (passed.IsValid)
            {
                MemoryMarshal.Write(
                    ControlData.Begin(room, SocketConstants.SOL_SOCKET, SocketConstants.SCM_RIGHTS, sizeof(int)), passed.Number);
                message.Control = control;
                message.ControlLength = (nuint)room.Length;
            }

            SysResult result;
            do
            {
                result = SysResult.From(Libc.sendmsg(channel.Number, &message, SocketConstants.MSG_NOSIGNAL));
            }
            while (result.Error == Errno.EINTR);
            return result;
        }
    }

    /// <summary>Receives what is there, and the descriptors that came with it, close-on-exec.</summary>
    /// <param name="channel">A Unix stream socket.</param>
    /// <param name="buffer">Takes the bytes.</param>
    /// <param name="passed">Takes the descriptors, in the order that they were sent in; the caller owns them.</param>
    /// <returns>Bytes read; 0 at the end.</returns>
    public static SysResult Receive(Descriptor channel, Span<byte> buffer, Queue<OwnedDescriptor> passed)
    {
        int space = CmsgHdr.SpaceOf(MaxReceived * sizeof(int));
        byte* control = stackalloc byte[space];
        fixed (byte* start = buffer)
        {
            var vector = new IoVec { Base = start, Length = (nuint)buffer.Length };
            var message = new MsgHdr
            {
                Vectors = &vector,
                VectorCount = 1,
                Control = control,
                ControlLength = (nuint)space,
            };
            SysResult result;
            do
            {
                result = SysResult.From(Libc.recvmsg(channel.Number, &message, SocketConstants.MSG_CMSG_CLOEXEC));
            }
            while (result.Error == Errno.EINTR);
            if (!result.Failed)
            {
                Take(new ReadOnlySpan<byte>(control, (int)message.ControlLength), passed);
            }

            return result;
        }
    }

    private static void Take(ReadOnlySpan<byte> control, Queue<OwnedDescriptor> passed)
    {
        while (control.Length >= CmsgHdr.Size)
        {
            var header = MemoryMarshal.Read<CmsgHdr>(control);
            if (header.Length < CmsgHdr.Size || header.Length > (nuint)control.Length)
            {
                return;
            }

            if (header.Level == SocketConstants.SOL_SOCKET && header.Type == SocketConstants.SCM_RIGHTS)
            {
                foreach (int number in MemoryMarshal.Cast<byte, int>(control[CmsgHdr.Size..(int)header.Length]))
                {
                    passed.Enqueue(new OwnedDescriptor(number));
                }
            }

            control = control[Math.Min(control.Length, CmsgHdr.Align((int)header.Length))..];
        }
    }
}
