using System.Diagnostics;
using System.Globalization;

namespace EdgeGate.Benchmarks.Comparison.Load;

/// <summary>Counts the system calls of processes by name: <c>strace -c</c>, strace(1).</summary>
internal sealed class CallCounter : IDisposable
{
    private const string Attached = " attached";

    private readonly string _file = Path.GetTempFileName();
    private readonly Process _strace;

    /// <summary>Begins once it is attached to all their threads.</summary>
    internal CallCounter(IReadOnlyCollection<int> processIds)
    {
        _strace = Tool.Strace.Start(["-c", "-f", "-o", _file, .. processIds.SelectMany(id => new[] { "-p", $"{id}" })]);
        for (int attached = 0; attached < processIds.Count;)
        {
            string line = _strace.StandardError.ReadLine() ?? throw new InvalidOperationException("strace could not attach");
            attached += line.Contains(Attached, StringComparison.Ordinal) ? 1 : 0;
        }
    }

    /// <summary>Detaches; returns how often each call was made.</summary>
    internal Dictionary<string, long> Stop()
    {
        using Process interrupt = Process.Start("kill", ["-INT", $"{_strace.Id}"]);
        _strace.StandardError.ReadToEnd();
        _strace.WaitForExit();
        return File.ReadLines(_file)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length >= 5 && double.TryParse(words[0], CultureInfo.InvariantCulture, out _) && words[^1] != "total")
            .ToDictionary(words => words[^1], words => long.Parse(words[3], CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        if (!_strace.HasExited)
        {
            _strace.Kill();
        }

        _strace.Dispose();
        File.Delete(_file);
    }
}
