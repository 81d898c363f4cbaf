using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace EdgeGate.Benchmarks.Comparison;

/// <summary>A process that this one started, and ends with its children.</summary>
internal sealed class ChildProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly Queue<string> _lastLines = new();

    internal ChildProcess(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        Started = Stopwatch.GetTimestamp();
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    internal int Id => _process.Id;

    /// <summary>The end of what it has printed.</summary>
    internal string LastLines
    {
        get
        {
            lock (_lastLines)
            {
                return string.Join('\n', _lastLines);
            }
        }
    }

    /// <summary>When it was started, on <see cref="Stopwatch"/>'s clock.</summary>
    internal long Started { get; }

    /// <summary>This program itself, with one of its hidden commands.</summary>
    internal static ProcessStartInfo Self(params object[] arguments) => Dotnet(
        Path.Combine(AppContext.BaseDirectory, "EdgeGate.Benchmarks.dll"), arguments);

    internal static ProcessStartInfo Dotnet(string assembly, params object[] arguments) =>
        new("dotnet", [assembly, .. arguments.Select(argument => $"{argument}")]);

    /// <summary>Waits until something listens on a loopback port.</summary>
    internal void WaitUntilListening(int port)
    {
        while (true)
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Connect(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException)
            {
                // Nobody there yet; asking again is the only way to know.
                ThrowIfGone();
                Thread.Sleep(1);
            }
        }
    }

    public void Dispose()
    {
        // nginx's workers outlive a master that is killed, so the whole tree goes.
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private void ThrowIfGone()
    {
        if (_process.HasExited || Stopwatch.GetElapsedTime(Started) > Patience)
        {
            throw new InvalidOperationException($"{_process.StartInfo.FileName} does not serve:\n{LastLines}");
        }
    }

    private void Note(string? line)
    {
        const int Kept = 20;
        lock (_lastLines)
        {
            _lastLines.Enqueue(line ?? "");
            if (_lastLines.Count > Kept)
            {
                _lastLines.Dequeue();
            }
        }
    }
}
