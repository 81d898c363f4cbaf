using EdgeGate.CommandLine;
using EdgeGate.Configuration;
using EdgeGate.Native.Files;

namespace EdgeGate.Logging;

/// <summary>Where lines go: a file, or standard output, which under systemd is the journal.</summary>
/// <param name="Stream">Unbuffered.</param>
/// <param name="ChunkBytes">
/// At most so much a write, unless one line is longer. A pipe takes up to 4096 bytes whole (pipe(7), PIPE_BUF), so that the
/// lines of others on the same pipe do not break ours.
/// </param>
internal sealed record LogSink(Stream Stream, int ChunkBytes) : IDisposable
{
    private const int PipeBytes = 4096;
    private const int FileBytes = 64 * 1024;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead; // it names clients

    /// <exception cref="IOException">The file cannot be opened; the message names it.</exception>
    public static LogSink Open(string output)
    {
        try
        {
            return output == AccessLogConfig.StandardOutput
                ? new LogSink(Terminal.OpenStandardOutput(), PipeBytes)
                : new LogSink(new FileStream(AppendFile.Open(output, FileMode), FileAccess.Write, bufferSize: 0), FileBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"access log (EdgeGate:AccessLog:Output): cannot open {output}: {e.Message}", e);
        }
    }

    public void Dispose() => Stream.Dispose();
}
