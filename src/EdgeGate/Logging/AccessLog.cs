using System.Diagnostics.Metrics;
using System.Threading.Channels;
using EdgeGate.Configuration;
using EdgeGate.Transport;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace EdgeGate.Logging;

/// <summary>
/// A line for each request and for the end of each layer-4 connection. Entries wait in a bounded queue for one writer:
/// when the disk or the pipe is slow, entries are dropped and counted, and traffic is not held up.
/// </summary>
internal sealed class AccessLog : IAsyncDisposable
{
    private const int QueueLength = 8192;
    private static readonly TimeSpan LastLines = TimeSpan.FromSeconds(2);

    private readonly Channel<LogEntry> _queue;
    private readonly LogWriter _writer;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Task _writing;
    private volatile AccessLogConfig _config = new();
    private long _dropped;

    /// <param name="meter">Tells how many lines were written and how many dropped.</param>
    /// <param name="time">Dates the lines.</param>
    /// <param name="log">Where it tells of its own failures.</param>
    /// <param name="queueLength">How many entries may wait.</param>
    public AccessLog(Meter meter, TimeProvider time, ILogger log, int queueLength = QueueLength)
    {
        _time = time;
        _log = log;
        _queue = Channel.CreateBounded<LogEntry>(new BoundedChannelOptions(queueLength) { SingleReader = true });
        _writer = new LogWriter(_queue.Reader, log);
        meter.CreateObservableCounter(
            "edgegate.log.lines", () => _writer.Written, description: "Lines of the access log that were written.");
        meter.CreateObservableCounter(
            "edgegate.log.lines.dropped", () => Volatile.Read(ref _dropped) + _writer.Failed,
            description: "Lines of the access log that were dropped, because writing was too slow or failed.");
        _writing = Task.Run(_writer.RunAsync);
    }

    /// <summary>Whether requests are logged, so that somebody should begin entries.</summary>
    public bool WantsRequests => _config is { Output: not null, Requests: not AccessLogLines.Off };

    /// <summary>Whether query strings are.</summary>
    public bool WantsQuery => _config.Query == QueryStrings.Full;

    /// <summary>The time for an entry.</summary>
    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Opens what the configuration says, again if it is open: a rotated file gets its name back.</summary>
    /// <exception cref="IOException">It cannot be opened; what was open stays.</exception>
    public void Open(AccessLogConfig config)
    {
        _writer.Switch(config.Output is { } output ? LogSink.Open(output) : null, config.Format);
        _config = config;
    }

    /// <summary>As <see cref="Open"/>, but what cannot be opened is told, and what was open stays.</summary>
    public void Reopen(AccessLogConfig config)
    {
        try
        {
            Open(config);
        }
        catch (IOException e)
        {
            AccessLogLog.Kept(_log, e.Message);
        }
    }

    /// <summary>Logs a request, at its end.</summary>
    public void Write(RequestEntry entry)
    {
        if (_config.Requests == AccessLogLines.All || entry.Status >= 500 || entry.Error != ForwarderError.None)
        {
            Enqueue(entry);
        }
    }

    /// <summary>Logs the end of a connection, on its loop, unless it is one of HTTP.</summary>
    public void WriteClosed(AcceptedConnection connection)
    {
        if (_config is { Output: not null, Connections: not AccessLogLines.Off and var lines } && !connection.HasRequests
            && (lines == AccessLogLines.All || IsError(connection.Reason)))
        {
            Enqueue(new ConnectionEntry(Now, connection.Describe(), connection.Reason, connection.Cluster));
        }
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.Complete();
        try
        {
            await _writing.WaitAsync(LastLines);
        }
        catch (TimeoutException)
        {
            // Nobody reads the pipe: the end of the process does not wait for that.
        }
    }

    private static bool IsError(CloseReason reason) => reason is
        CloseReason.Error or CloseReason.Limit or CloseReason.Timeout or CloseReason.Killed;

    private void Enqueue(LogEntry entry)
    {
        if (!_queue.Writer.TryWrite(entry))
        {
            Interlocked.Increment(ref _dropped);
        }
    }
}
