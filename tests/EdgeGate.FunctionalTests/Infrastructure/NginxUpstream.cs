using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>A real nginx as upstream: files below <c>/</c>, uploads by PUT below <c>/upload/</c>.</summary>
internal sealed class NginxUpstream : IAsyncDisposable
{
    private readonly Process _process;

    private NginxUpstream(Process process, string root, int port)
    {
        _process = process;
        Root = root;
        Address = new Uri($"http://127.0.0.1:{port}");
    }

    public Uri Address { get; }

    /// <summary>The folder that it serves.</summary>
    public string Root { get; }

    /// <summary>Starts it on the port of an earlier one that is to come back, or on a free one.</summary>
    public static async Task<NginxUpstream> StartAsync(CancellationToken token, int? port = null)
    {
        var program = await Tool.RequireAsync("nginx", token);
        var prefix = Directory.CreateTempSubdirectory("edgegate-nginx-").FullName;
        var root = Directory.CreateDirectory(Path.Combine(prefix, "root")).FullName;
        port ??= FreePort();
        var configuration = Path.Combine(prefix, "nginx.conf");
        await File.WriteAllTextAsync(configuration, Configuration(prefix, port.Value), token);

        var process = Process.Start(program, ["-p", prefix, "-e", Path.Combine(prefix, "error.log"), "-c", configuration]);
        await WaitUntilListeningAsync(process, port.Value, prefix, token);
        return new NginxUpstream(process, root, port.Value);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(Path.GetDirectoryName(Root)!, recursive: true);
    }

    // One process, in the foreground: what was started is what is ended.
    private static string Configuration(string prefix, int port) => $$"""
        daemon off;
        master_process off;
        pid {{prefix}}/nginx.pid;
        events { worker_connections 512; }
        http {
            access_log off;
            client_body_temp_path {{prefix}}/body;
            proxy_temp_path {{prefix}}/proxy;
            fastcgi_temp_path {{prefix}}/fastcgi;
            uwsgi_temp_path {{prefix}}/uwsgi;
            scgi_temp_path {{prefix}}/scgi;
            keepalive_requests 100000;
            server {
                listen 127.0.0.1:{{port}};
                root {{prefix}}/root;
                client_max_body_size 0;
                location /upload/ { dav_methods PUT; create_full_put_path on; }
                location = /hello { default_type text/plain; return 200 "hello from nginx"; }
            }
        }
        """;

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static async Task WaitUntilListeningAsync(Process process, int port, string prefix, CancellationToken token)
    {
        while (true)
        {
            Assert.False(process.HasExited, $"nginx ended at once; see {prefix}/error.log");
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, token);
                return;
            }
            catch (SocketException)
            {
                // Not listening yet: it says nothing when it is, so asking again is the only way.
                await Task.Delay(10, token);
            }
        }
    }
}
