using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>A real dnsmasq that knows a few hundred names and asks nobody.</summary>
internal sealed class DnsServer : IAsyncDisposable
{
    public const int Names = 300;

    private readonly Process _process;
    private readonly TemporaryFolder _folder;

    private DnsServer(Process process, TemporaryFolder folder, int port)
    {
        _process = process;
        _folder = folder;
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
    }

    public IPEndPoint EndPoint { get; }

    public static string Name(int number) => $"host-{number}.example";

    public static string Address(int number) => $"192.0.{2 + (number / 200)}.{1 + (number % 200)}";

    public static async Task<DnsServer> StartAsync(CancellationToken token)
    {
        var program = await Tool.RequireAsync("dnsmasq", token);
        var folder = new TemporaryFolder();
        int port = Ports.Free();
        var records = Path.Combine(folder.Path, "records");
        await File.WriteAllLinesAsync(
            records, Enumerable.Range(0, Names).Select(i => $"address=/{Name(i)}/{Address(i)}"), token);
        var process = Process.Start(new ProcessStartInfo(program,
        [
            "--keep-in-foreground", $"--port={port}", "--listen-address=127.0.0.1", "--bind-interfaces", "--no-resolv",
            "--no-hosts", "--pid-file=", $"--user={Environment.UserName}", $"--conf-file={records}",
        ]))!;
        await Until.TrueAsync(() => IsListening(process, port), what: "dnsmasq to listen");
        return new DnsServer(process, folder, port);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    private static bool IsListening(Process process, int port)
    {
        Assert.False(process.HasExited, "dnsmasq ended at once");
        return !Ports.IsFree(port, SocketType.Dgram) && !Ports.IsFree(port);
    }
}
