using System.Net.Sockets;
using EdgeGate.Configuration;
using EdgeGate.Native.Sockets;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Takeover;

/// <summary>The running daemon that this process takes over from.</summary>
internal sealed class Predecessor : IDisposable
{
    // Both do nothing in between but what takes milliseconds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TakeoverChannel _channel;
    private readonly ILogger _log;

    private Predecessor(TakeoverChannel channel, int process, IReadOnlyList<HandedSocket> sockets, ILogger log)
    {
        _channel = channel;
        _log = log;
        Process = process;
        Sockets = sockets;
    }

    public int Process { get; }

    /// <summary>Its sockets, which it still serves.</summary>
    public IReadOnlyList<HandedSocket> Sockets { get; }

    /// <summary>Asks the daemon of the same configuration for its sockets.</summary>
    /// <returns>Null if there is none, or it refuses; why is logged.</returns>
    public static async Task<Predecessor?> FindAsync(AdminConfig admin, ILogger log)
    {
        if (TakeoverPath.OfPredecessor(admin) is not { } path)
        {
            TakeoverLog.CannotTakeOver(log, "EdgeGate:Admin:TakeoverSocket is \"off\"");
            return null;
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var channel = new TakeoverChannel(socket);
        try
        {
            using var enough = new CancellationTokenSource(Patience);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), enough.Token);
            return await AskAsync(channel, path, log, enough.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or IOException)
        {
            channel.Dispose();
            string why = e is OperationCanceledException ? "no answer" : e.Message;
            TakeoverLog.CannotTakeOver(
                log,
                $"no running EdgeGate hands its sockets over at {path} (EdgeGate:Admin:TakeoverSocket): {why}; "
                + "start without --takeover where none runs");
            return null;
        }
    }

    /// <summary>
    /// This process is ready: the other one stops accepting. Returns when it has, or has gone; its sockets are this
    /// process's in either case.
    /// </summary>
    public async Task RelieveAsync()
    {
        try
        {
            await _channel.SendAsync(new TakeoverMessage { Kind = TakeoverMessage.Ready, Process = Environment.ProcessId });
            using var enough = new CancellationTokenSource(Patience);
            if (await _channel.ReceiveAsync(enough.Token) is { Kind: TakeoverMessage.Yours })
            {
                TakeoverLog.TookOver(_log, Sockets.Count, Process);
                return;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // It may have ended by itself meanwhile.
        }

        TakeoverLog.PredecessorSilent(_log, Process);
    }

    public void Dispose() => _channel.Dispose();

    private static async Task<Predecessor> AskAsync(
        TakeoverChannel channel, string path, ILogger log, CancellationToken cancellation)
    {
        TakeoverMessage? hello = await channel.ReceiveAsync(cancellation);
        if (hello is { Kind: TakeoverMessage.Refused })
        {
            throw new IOException($"it refuses: {hello.Reason}");
        }

        if (hello is not { Kind: TakeoverMessage.Hello, Version: TakeoverMessage.CurrentVersion, Process: { } process })
        {
            throw new IOException(hello is { Kind: TakeoverMessage.Hello }
                ? $"it speaks version {hello.Version} of the takeover, and this one version {TakeoverMessage.CurrentVersion}"
                : $"what listens at {path} is no EdgeGate");
        }

        var sockets = new List<HandedSocket>();
        while (await channel.ReceiveAsync(cancellation) is var message)
        {
            if (message is { Kind: TakeoverMessage.End })
            {
                return new Predecessor(channel, process, sockets, log);
            }

            if (message is not { Kind: TakeoverMessage.Socket } || channel.TakeDescriptor() is not { } descriptor)
            {
                sockets.ForEach(socket => socket.Socket.Dispose());
                break;
            }

            sockets.Add(new HandedSocket(message, InheritedSocket.Take(descriptor)));
        }

        throw new IOException("it broke off");
    }
}
