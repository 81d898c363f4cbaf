using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace EdgeGate.Daemon;

/// <summary>
/// SIGTERM, SIGINT and SIGHUP, one after the other. A second request to stop ends the process the default way: the
/// first one is draining, and somebody does not want to wait.
/// </summary>
internal sealed class Signals : IDisposable
{
    private readonly Channel<Signal> _raised = Channel.CreateUnbounded<Signal>();
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
    public void Raise(Signal signal) => _raised.Writer.TryWrite(signal);

    /// <summary>Waits for the next request.</summary>
    public ValueTask<Signal> NextAsync() => _raised.Reader.ReadAsync();

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private void OnStop(PosixSignalContext context)
    {
        // Signals arrive on threads of their own, possibly two at once.
        context.Cancel = Interlocked.Increment(ref _stops) == 1;
        Raise(Signal.Stop);
    }
}
