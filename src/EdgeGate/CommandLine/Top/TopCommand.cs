using System.Net.ServerSentEvents;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Threading.Channels;

namespace EdgeGate.CommandLine.Top;

/// <summary><c>edgegate top</c>: the gateway live, in a terminal; into a pipe, what it is now.</summary>
internal sealed class TopCommand(Terminal terminal, AdminClient client)
{
    private const int PipedWidth = 160;

    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);

    private readonly Channel<Func<TopAction>> _events = Channel.CreateUnbounded<Func<TopAction>>();
    private readonly TopState _top = new();

    public Task<int> RunAsync(CancellationToken cancellation) =>
        Console.IsOutputRedirected || Console.IsInputRedirected ? PrintAsync(cancellation) : WatchAsync(cancellation);

    /// <summary>Prints one picture, without colours: the second, because the first knows no rates.</summary>
    private async Task<int> PrintAsync(CancellationToken cancellation)
    {
        int pictures = 0;
        await foreach (SseItem<string> item in client.WatchAsync(_top.Query, cancellation))
        {
            Take(item);
            if (item.EventType == "connections" && ++pictures == 2)
            {
                break;
            }
        }

        foreach (string line in new TopView(PipedWidth, int.MaxValue).Draw(_top).SkipLast(1))
        {
            await terminal.Output.WriteLineAsync(TopScreen.Render(line, PipedWidth, colours: false).TrimEnd());
        }

        return ExitCode.Good;
    }

    private async Task<int> WatchAsync(CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        CancellationTokenSource? asked = null;
        using PosixSignalRegistration? resized = OperatingSystem.IsWindows() ? null
            : PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Raise(() => TopAction.Ask));
        using PosixSignalRegistration told = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Quit);
        using PosixSignalRegistration hungUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Quit);
        using var screen = new TopScreen(terminal.Output);
        new Thread(ReadKeys) { IsBackground = true, Name = "keys" }.Start();
        try
        {
            for (TopAction action = TopAction.Ask; action != TopAction.Quit; action = (await _events.Reader.ReadAsync(ended.Token))())
            {
                screen.Show(new TopView(TopScreen.Width, TopScreen.Height).Draw(_top));
                if (action == TopAction.Ask)
                {
                    asked?.Cancel();
                    asked = CancellationTokenSource.CreateLinkedTokenSource(ended.Token);
                    _ = FollowAsync(_top.Query, asked.Token);
                }
                else if (action == TopAction.Kill)
                {
                    _ = KillAsync(_top.TakeVictim(), ended.Token);
                }
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // Told to stop.
        }

        await ended.CancelAsync();
        return ExitCode.Good;
    }

    private void Raise(Func<TopAction> happened) => _events.Writer.TryWrite(happened);

    private void Quit(PosixSignalContext context)
    {
        context.Cancel = true; // the terminal comes first
        Raise(() => TopAction.Quit);
    }

    private void ReadKeys()
    {
        while (true)
        {
            ConsoleKeyInfo key = Console.ReadKey(intercept: true);
            Raise(() => _top.Press(key));
        }
    }

    // All that changes the state is done by the loop that draws, one thing after the other.
    private async Task FollowAsync(string query, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                string why = await FollowOnceAsync(query, cancellation);
                Raise(() =>
                {
                    _top.Lose(why);
                    return TopAction.None;
                });
                await Task.Delay(AskAgain, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            // Something else is asked for, or top ends.
        }
    }

    /// <returns>Why the stream has ended.</returns>
    private async Task<string> FollowOnceAsync(string query, CancellationToken cancellation)
    {
        try
        {
            await foreach (SseItem<string> item in client.WatchAsync(query, cancellation))
            {
                Raise(() => cancellation.IsCancellationRequested ? TopAction.None : Take(item));
            }

            return "the gateway has ended the stream";
        }
        catch (Exception e) when (e is AdminFailure or IOException or HttpRequestException)
        {
            return e.Message;
        }
    }

    private async Task KillAsync(long id, CancellationToken cancellation)
    {
        string said;
        try
        {
            AdminAnswer answer = await client.SendAsync(HttpMethod.Delete, $"/connections/{id}", cancellation);
            said = answer.IsSuccess ? $"connection {id} was reset" : answer.Detail;
        }
        catch (AdminFailure failure)
        {
            said = failure.Message;
        }

        Raise(() =>
        {
            _top.Message = said;
            return TopAction.None;
        });
    }

    private TopAction Take(SseItem<string> item)
    {
        using var document = JsonDocument.Parse(item.Data);
        _top.Take(item.EventType, document.RootElement.Clone());
        return TopAction.None;
    }
}
