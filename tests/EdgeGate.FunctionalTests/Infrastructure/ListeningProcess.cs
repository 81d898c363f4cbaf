using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>A server of somebody else's with a configuration of the test's, up when it listens.</summary>
internal sealed class ListeningProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly TemporaryFolder _folder;

    private ListeningProcess(Process process, TemporaryFolder folder) => (_process, _folder) = (process, folder);

    /// <summary>Starts HAProxy with frontends and backends in TCP mode.</summary>
    public static async Task<ListeningProcess> HaproxyAsync(string configuration, CancellationToken token)
    {
        var program = await Tool.RequireAsync("haproxy", token);
        var ready = Ports.Free();
        var folder = new TemporaryFolder();
        var file = folder.Write("haproxy.cfg", $$"""
            defaults
              mode tcp
              timeout connect 10s
              timeout client 60s
              timeout server 60s
            {{configuration}}
            frontend ready
              mode http
              bind 127.0.0.1:{{ready}}
              http-request return status 200

            """);
        return await StartAsync(program, ["-db", "-q", "-f", file], folder, ready, token);
    }

    /// <summary>Starts nginx with servers of HTTP.</summary>
    public static async Task<ListeningProcess> NginxAsync(string servers, CancellationToken token)
    {
        var program = await Tool.RequireAsync("nginx", token);
        var ready = Ports.Free();
        var folder = new TemporaryFolder();
        var file = folder.Write("nginx.conf", $$"""
            daemon off;
            master_process off;
            pid {{folder.Path}}/nginx.pid;
            events { worker_connections 512; }
            http {
                access_log off;
                client_body_temp_path {{folder.Path}}/body;
                proxy_temp_path {{folder.Path}}/proxy;
                fastcgi_temp_path {{folder.Path}}/fastcgi;
                uwsgi_temp_path {{folder.Path}}/uwsgi;
                scgi_temp_path {{folder.Path}}/scgi;
                default_type text/plain;
                {{servers}}
                server { listen 127.0.0.1:{{ready}}; return 200; }
            }
            """);
        string[] arguments = ["-p", folder.Path, "-e", Path.Combine(folder.Path, "error.log"), "-c", file];
        return await StartAsync(program, arguments, folder, ready, token);
    }

    /// <summary>Starts openssl as OCSP responder of an authority that has signed one certificate, which is good.</summary>
    public static async Task<ListeningProcess> OcspAsync(TestAuthority authority, string file, int port, CancellationToken token)
    {
        var program = await Tool.RequireAsync("openssl", token);
        var folder = new TemporaryFolder();
        var index = folder.Write("index.txt", $"V\t400101000000Z\t\t{authority.SerialOf(file)}\tunknown\t/CN={file}\n");
        var process = Process.Start(new ProcessStartInfo(program,
        [
            "ocsp", "-port", $"{port}", "-index", index, "-CA", authority.CaPath, "-rsigner", authority.CaPath,
            "-rkey", authority.CaKeyPath, "-nmin", "60", "-ignore_err",
        ])
        { RedirectStandardOutput = true, RedirectStandardError = true })!; // two lines, which the pipes hold
        var server = new ListeningProcess(process, folder);

        // It serves one after the other, and waits long for one who connects and asks for nothing.
        string[] ask =
        [
            "ocsp", "-url", $"http://127.0.0.1:{port}/", "-CAfile", authority.CaPath, "-issuer", authority.CaPath,
            "-cert", authority.PathOf(file + ".crt"),
        ];
        await Until.TrueAsync(async () => (await Tool.RunAsync(program, ask, token)).ExitCode == 0, what: "openssl ocsp to answer");
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    // Both bind all their ports before they serve any, so one port tells of all.
    private static async Task<ListeningProcess> StartAsync(
        string program, string[] arguments, TemporaryFolder folder, int ready, CancellationToken token)
    {
        var server = new ListeningProcess(Process.Start(program, arguments), folder);
        await Until.TrueAsync(
            async () =>
            {
                Assert.False(server._process.HasExited, $"{program} ended at once");
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    await socket.ConnectAsync(IPAddress.Loopback, ready, token);
                    return true;
                }
                catch (SocketException)
                {
                    return false;
                }
            },
            what: $"{program} to listen");
        return server;
    }
}
