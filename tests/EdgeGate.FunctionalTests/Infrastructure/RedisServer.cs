using System.Diagnostics;
using System.Net;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>A real Redis that keeps nothing, on a port of loopback and on a Unix socket.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly TemporaryFolder _folder;

    private RedisServer(Process process, TemporaryFolder folder, int port)
    {
        _process = process;
        _folder = folder;
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
    }

    public IPEndPoint EndPoint { get; }

    public string SocketPath => Path.Combine(_folder.Path, "redis.sock");

    public static async Task<RedisServer> StartAsync(CancellationToken token)
    {
        var program = await Tool.RequireAsync("redis-server", token);
        var folder = new TemporaryFolder();
        int port = Ports.Free();
        var socket = Path.Combine(folder.Path, "redis.sock");
        var process = Process.Start(new ProcessStartInfo(program,
        [
            "--bind", "127.0.0.1", "--port", $"{port}", "--unixsocket", socket, "--save", "", "--appendonly", "no",
            "--dir", folder.Path, "--logfile", Path.Combine(folder.Path, "log"),
        ]))!;
        await Until.TrueAsync(() => Task.FromResult(File.Exists(socket)), what: "redis to listen");
        return new RedisServer(process, folder, port);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }
}
