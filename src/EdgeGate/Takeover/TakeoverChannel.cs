using System.Net.Sockets;
using System.Text.Json;
using EdgeGate.Native;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Takeover;

/// <summary>One connection between the process that serves and the one that takes over.</summary>
internal sealed class TakeoverChannel(Socket socket) : IDisposable
{
    private const int MaxLineBytes = 64 * 1024;

    private readonly byte[] _buffer = new byte[4096];
    private readonly List<byte> _received = [];
    private readonly Queue<OwnedDescriptor> _passed = new();

    /// <summary>Who is at the other end.</summary>
    public PeerCredentials? Peer => PeerCredentials.Of(Descriptor);

    /// <summary>Whether the other end has closed, or said something that nobody waits for.</summary>
    public bool IsOver => socket.Poll(0, SelectMode.SelectRead);

    private Descriptor Descriptor => new((int)socket.Handle);

    /// <summary>Says something, and hands over a descriptor with it.</summary>
    /// <exception cref="IOException">The other end has gone.</exception>
    public async Task SendAsync(TakeoverMessage message, Descriptor? passed = null)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(message, TakeoverJson.Default.TakeoverMessage), (byte)'\n'];
        Descriptor attached = passed ?? Descriptor.None;
        for (int sent = 0; sent < line.Length;)
        {
            SysResult result = DescriptorPassing.Send(Descriptor, line.AsSpan(sent), attached);
            if (result.WouldBlock)
            {
                await Task.Run(() => socket.Poll(TimeSpan.FromSeconds(1), SelectMode.SelectWrite));
                continue;
            }

            sent += result.OrThrow("sendmsg");
            attached = Descriptor.None; // it went with the first byte
        }
    }

    /// <summary>Waits for what the other end says next; null if it has gone, or speaks another language.</summary>
    public async Task<TakeoverMessage?> ReceiveAsync(CancellationToken cancellation)
    {
        int end;
        while ((end = _received.IndexOf((byte)'\n')) < 0)
        {
            if (_received.Count > MaxLineBytes || !await FillAsync(cancellation))
            {
                return null;
            }
        }

        byte[] line = [.. _received.Take(end)];
        _received.RemoveRange(0, end + 1);
        try
        {
            return JsonSerializer.Deserialize(line, TakeoverJson.Default.TakeoverMessage);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The descriptor that came with the message which was received last; each message has one or none.</summary>
    public OwnedDescriptor? TakeDescriptor() => _passed.TryDequeue(out OwnedDescriptor? passed) ? passed : null;

    public void Dispose()
    {
        socket.Dispose();
        while (_passed.TryDequeue(out OwnedDescriptor? passed))
        {
            passed.Dispose();
        }
    }

    private async Task<bool> FillAsync(CancellationToken cancellation)
    {
        try
        {
            // Looks without taking: the descriptors come with recvmsg(2) alone.
            if (await socket.ReceiveAsync(_buffer.AsMemory(0, 1), SocketFlags.Peek, cancellation) == 0)
            {
                return false;
            }
        }
        catch (SocketException)
        {
            return false;
        }

        SysResult received = DescriptorPassing.Receive(Descriptor, _buffer, _passed);
        _received.AddRange(_buffer.AsSpan(0, received.Value));
        return !received.Failed;
    }
}
