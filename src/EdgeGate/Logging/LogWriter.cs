using System.Buffers;
using System.Threading.Channels;
using EdgeGate.Configuration;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Logging;

/// <summary>Takes entries from the queue, formats them and writes them, many at a time.</summary>
internal sealed class LogWriter(ChannelReader<LogEntry> queue, ILogger log)
{
    private static readonly TimeSpan QuietAfterError = TimeSpan.FromMinutes(1);

    // Lines wait for each other: to wake a thread and to write costs many times what a line does. Short enough that some
    // hundred thousand lines a second fit into the queue, and that nobody who watches the log sees it.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(20);

    private readonly ArrayBufferWriter<byte> _buffer = new(16 * 1024);
    private readonly Lock _lock = new();
    private LogSink? _next;
    private AccessLogFormat _nextFormat;
    private bool _switches;
    private LogSink? _sink;
    private LogLine? _line;
    private int _lines;
    private long _written;
    private long _failed;
    private long? _toldAt;

    /// <summary>Lines written.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>Lines that could not be.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>Has what comes from now on go elsewhere; null has it dropped in silence, because nobody wants it.</summary>
    public void Switch(LogSink? sink, AccessLogFormat format)
    {
        lock (_lock)
        {
            _next?.Dispose(); // nothing was written there yet
            _next = sink;
            _nextFormat = format;
            _switches = true;
        }
    }

    /// <summary>Writes until the queue is complete and empty.</summary>
    public async Task RunAsync()
    {
        while (await queue.WaitToReadAsync())
        {
            await Task.Delay(Gathering);
            TakeSwitch();
            while (queue.TryRead(out LogEntry? entry))
            {
                await AddAsync(entry);
            }

            await FlushAsync();
        }

        TakeSwitch();
        _sink?.Dispose();
    }

    private async ValueTask AddAsync(LogEntry entry)
    {
        if (_line is null)
        {
            return;
        }

        int before = _buffer.WrittenCount;
        _line.Format(entry);
        if (before > 0 && _buffer.WrittenCount > _sink!.ChunkBytes)
        {
            await WriteAsync(_buffer.WrittenMemory[..before], _lines);
            byte[] rest = _buffer.WrittenSpan[before..].ToArray();
            _buffer.ResetWrittenCount();
            _buffer.Write(rest);
            _lines = 0;
        }

        _lines++;
    }

    private async ValueTask FlushAsync()
    {
        if (_lines > 0)
        {
            await WriteAsync(_buffer.WrittenMemory, _lines);
            _buffer.ResetWrittenCount();
            _lines = 0;
        }
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> text, int lines)
    {
        try
        {
            await _sink!.Stream.WriteAsync(text);
            Volatile.Write(ref _written, _written + lines);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Volatile.Write(ref _failed, _failed + lines);
            if (_toldAt is not { } told || Environment.TickCount64 - told > QuietAfterError.TotalMilliseconds)
            {
                _toldAt = Environment.TickCount64;
                AccessLogLog.CannotWrite(log, e.Message);
            }
        }
    }

    private void TakeSwitch()
    {
        lock (_lock)
        {
            if (_switches)
            {
                _switches = false;
                _sink?.Dispose();
                _sink = _next;
                _next = null;
                _line = _sink is null ? null
                    : _nextFormat == AccessLogFormat.Json ? new JsonLogLine(_buffer) : new TextLogLine(_buffer);
            }
        }
    }
}
