using System.Threading.Channels;
using EdgeGate.Tests.Sockets;
using EdgeGate.Transport;

namespace EdgeGate.Tests.Transport;

/// <summary>A lane whose connections do nothing but exist until their client goes.</summary>
internal sealed class HoldLane : ILane
{
    private readonly Channel<HeldConnection> _attached = Channel.CreateUnbounded<HeldConnection>();

    public int DescriptorsPerConnection { get; init; } = 1;

    internal byte[] RefusalBytes { get; init; } = [];

    /// <summary>Whether connections are closed as soon as they are made.</summary>
    internal bool Unwilling { get; init; }

    /// <summary>Called on the loop when a connection is being refused.</summary>
    internal Action? Refusing { get; set; }

    public ReadOnlySpan<byte> Refusal
    {
        get
        {
            Refusing?.Invoke();
            return RefusalBytes;
        }
    }

    public AcceptedConnection CreateConnection(in AcceptedSocket socket)
    {
        var connection = new HeldConnection(socket, this);
        if (Unwilling)
        {
            connection.Abort(CloseReason.Limit);
        }

        return connection;
    }

    internal void Report(HeldConnection connection) => _attached.Writer.TryWrite(connection);

    /// <summary>The next connection that has joined its loop.</summary>
    internal async Task<HeldConnection> NextAsync() =>
        await _attached.Reader.ReadAsync(TestContext.Current.CancellationToken)
            .AsTask()
            .WaitAsync(TestTime.Limit, TestContext.Current.CancellationToken);

    internal async Task<HeldConnection[]> NextAsync(int count)
    {
        var connections = new HeldConnection[count];
        for (int i = 0; i < count; i++)
        {
            connections[i] = await NextAsync();
        }

        return connections;
    }

    internal bool HasMore => _attached.Reader.TryPeek(out _);
}
