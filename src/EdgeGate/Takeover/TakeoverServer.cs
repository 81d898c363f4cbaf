using System.Net.Sockets;
using EdgeGate.Admin;
using EdgeGate.Daemon;
using EdgeGate.Native.Sockets;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Takeover;

/// <summary>
/// Waits on a Unix socket for the process that is to take over, hands it every listening socket, and has this process
/// stop when the other one is ready. Only this process's own user and root may ask.
/// </summary>
internal sealed class TakeoverServer : IAsyncDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int Backlog = 8;

    // A successor that hangs must not keep the next one out for ever.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _path;
    private readonly OwnedDescriptor _owned;
    private readonly Socket _listening;
    private readonly Gateway _gateway;
    private readonly AdminServer _admin;
    private readonly Signals _signals;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _serving;
    private TakeoverChannel? _successor;

    private TakeoverServer(
        string path, OwnedDescriptor owned, Gateway gateway, AdminServer admin, Signals signals, ILogger log)
    {
        _path = path;
        _owned = owned;
        _listening = SocketFactory.DuplicateAsSocket(owned.Descriptor);
        _gateway = gateway;
        _admin = admin;
        _signals = signals;
        _log = log;
        _serving = ServeAsync();
    }

    /// <summary>The process that has asked to take over and is ready.</summary>
    public int Successor { get; private set; }

    /// <summary>Begins to wait; null where the configuration says not to, or where that fails, which is logged.</summary>
    public static TakeoverServer? Start(Gateway gateway, AdminServer admin, Signals signals, ILogger log)
    {
        if (TakeoverPath.OfServer(gateway.Config.Admin) is not { } path)
        {
            return null;
        }

        try
        {
            OwnedDescriptor owned = SocketFactory.Listen(new UnixDomainSocketEndPoint(path), Backlog, mode: OwnerOnly);
            return new TakeoverServer(path, owned, gateway, admin, signals, log);
        }
        catch (IOException e)
        {
            TakeoverLog.CannotWait(log, $"{path} (EdgeGate:Admin:TakeoverSocket): {e.Message}");
            return null;
        }
    }

    /// <summary>
    /// The other process is ready: leaves all sockets to it, and says so. From then on this one drains.
    /// </summary>
    /// <param name="announce">Names the successor to whoever supervises this process, before it speaks for itself.</param>
    /// <returns>Whether it was still there.</returns>
    public async Task<bool> HandOverAsync(Func<int, Task> announce)
    {
        if (_successor is not { IsOver: false } successor)
        {
            TakeoverLog.SuccessorFailed(_log, Successor);
            return false;
        }

        // First, because the successor binds the same path for the one after it.
        await StopAsync();
        await _gateway.HandOverAsync();
        await _admin.StopAsync();
        await announce(Successor);
        try
        {
            await successor.SendAsync(new TakeoverMessage { Kind = TakeoverMessage.Yours });
        }
        catch (IOException e)
        {
            TakeoverLog.Failed(_log, e.Message); // it has the sockets, and does not wait for ever
        }

        TakeoverLog.HandedOver(_log, Successor, _gateway.Connections, _gateway.DrainTimeout);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _successor?.Dispose();
        _stopping.Dispose();
    }

    private async Task StopAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        await _stopping.CancelAsync();
        await _serving;
        _listening.Dispose();
        _owned.Dispose();
        File.Delete(_path);
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var channel = new TakeoverChannel(await _listening.AcceptAsync(_stopping.Token));
                if (await IsReadyAsync(channel))
                {
                    _successor?.Dispose();
                    _successor = channel;
                    _signals.Raise(Signal.HandOver);
                }
                else
                {
                    channel.Dispose();
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            if (e is SocketException)
            {
                TakeoverLog.CannotWait(_log, e.Message);
            }
        }
    }

    /// <summary>Hands the sockets over and waits for the other process to be ready.</summary>
    private async Task<bool> IsReadyAsync(TakeoverChannel channel)
    {
        if (channel.Peer is not { MayCommand: true } peer)
        {
            TakeoverLog.PeerRefused(_log, channel.Peer?.Process, channel.Peer?.User);
            return await RefuseAsync(channel);
        }

        try
        {
            TakeoverLog.Asked(_log, peer.Process);
            await channel.SendAsync(new TakeoverMessage
            {
                Kind = TakeoverMessage.Hello,
                Version = TakeoverMessage.CurrentVersion,
                Process = Environment.ProcessId,
            });
            await SendSocketsAsync(channel);
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            enough.CancelAfter(Patience);
            if (await channel.ReceiveAsync(enough.Token) is { Kind: TakeoverMessage.Ready } ready)
            {
                Successor = ready.Process ?? peer.Process;
                return true;
            }

            TakeoverLog.SuccessorFailed(_log, peer.Process);
        }
        catch (Exception e) when (e is IOException || (e is OperationCanceledException && !_stopping.IsCancellationRequested))
        {
            TakeoverLog.Failed(_log, e.Message);
        }

        return false;
    }

    private async Task SendSocketsAsync(TakeoverChannel channel)
    {
        foreach (var (message, descriptor) in await _gateway.CopySocketsAsync())
        {
            using (descriptor)
            {
                await channel.SendAsync(message, descriptor.Descriptor);
            }
        }

        foreach (var (message, descriptor) in _admin.Sockets)
        {
            await channel.SendAsync(message, descriptor);
        }

        await channel.SendAsync(new TakeoverMessage { Kind = TakeoverMessage.End });
    }

    private static async Task<bool> RefuseAsync(TakeoverChannel channel)
    {
        try
        {
            await channel.SendAsync(new TakeoverMessage
            {
                Kind = TakeoverMessage.Refused,
                Reason = "only the user who runs it, or root, may take over",
            });
        }
        catch (IOException)
        {
            // It did not wait for the answer.
        }

        return false;
    }
}
