using System.Globalization;
using System.Runtime.InteropServices;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>
/// One thread of another process, held up from outside as a debugger does it (ptrace(2)), while the others run on: what
/// a call that blocks would do to it.
/// </summary>
internal sealed class StoppedThread : IAsyncDisposable
{
    private const int PTRACE_ATTACH = 16;
    private const int PTRACE_DETACH = 17;
    private const int WALL = 0x40000000; // __WALL: threads too

    private readonly TaskCompletionSource _release = new();
    private readonly Task _tracing;

    private StoppedThread(int thread, TaskCompletionSource stopped) => _tracing = Task.Factory.StartNew(
        () => Trace(thread, stopped), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Stops the thread of a name; skips the test where this process may not.</summary>
    public static async Task<StoppedThread> StopAsync(int process, string name)
    {
        var thread = Directory.GetDirectories($"/proc/{process}/task")
            .Single(task => File.ReadAllText(Path.Combine(task, "comm")).Trim() == name);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var held = new StoppedThread(int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture), stopped);
        await stopped.Task;
        return held;
    }

    public async ValueTask DisposeAsync()
    {
        _release.TrySetResult();
        await _tracing;
    }

    // All calls must come from the thread that attached.
    private void Trace(int thread, TaskCompletionSource stopped)
    {
        if (ptrace(PTRACE_ATTACH, thread, 0, 0) != 0)
        {
            stopped.SetException(Xunit.Sdk.SkipException.ForSkip(
                $"a thread cannot be traced: {Marshal.GetLastPInvokeErrorMessage()} (kernel.yama.ptrace_scope)"));
            return;
        }

        _ = waitpid(thread, 0, WALL);
        stopped.SetResult();
        _release.Task.GetAwaiter().GetResult();
        _ = ptrace(PTRACE_DETACH, thread, 0, 0);
    }

    [DllImport("libc", SetLastError = true)]
    private static extern nint ptrace(nint request, int process, nint address, nint data);

    [DllImport("libc", SetLastError = true)]
    private static extern int waitpid(int process, nint status, int options);
}
