using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace EdgeGate.Daemon;

/// <summary>
/// SIGTERM, SIGINT and SIGHUP, one after the other. A second request to stop ends the process the default way: the
/// first one is draining, and somebody does not want to wait.
/// </summary>
internal sealed class Signals : IDisposable
{
    private readonly Channel<Request> _raised = Channel.CreateUnbounded<Request>();
    private readonly List<IDisposable> _registrations = [];
    private int _stops;

    public Signals(CancellationToken cancellation)
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnStop));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, OnStop));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            Raise(Signal.Reload);
        }));
        _registrations.Add(cancellation.Register(() => Raise(Signal.Stop)));
    }

    /// <summary>Asks for something, as the admin address does.</summary>
    public void Raise(Signal signal) => _raised.Writer.TryWrite(new Request(signal));

    /// <summary>Asks for a reload, and waits until its turn has come and it is done.</summary>
    /// <returns>What became of it; null if the daemon is stopping.</returns>
    public Task<ReloadOutcome?> ReloadAsync()
    {
        var outcome = new TaskCompletionSource<ReloadOutcome?>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _raised.Writer.TryWrite(new Request(Signal.Reload, outcome)) ? outcome.Task : Task.FromResult<ReloadOutcome?>(null);
    }

    /// <summary>Waits for the next request.</summary>
    public ValueTask<Request> NextAsync() => _raised.Reader.ReadAsync();

    /// <summary>Takes no more requests; those who wait for one are told that the daemon stops.</summary>
    public void Close()
    {
        _raised.Writer.TryComplete();
        while (_raised.Reader.TryRead(out Request left))
        {
            left.Answer(null);
        }
    }

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private void OnStop(PosixSignalContext context)
    {
        // Signals arrive on threads of their own, possibly two at once.
        context.Cancel = Interlocked.Increment(ref _stops) == 1;
        Raise(Signal.Stop);
    }
}
