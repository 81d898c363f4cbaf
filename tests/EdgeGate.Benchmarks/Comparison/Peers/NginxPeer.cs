using System.Diagnostics;
using EdgeGate.Benchmarks.Comparison.Upstream;

namespace EdgeGate.Benchmarks.Comparison.Peers;

/// <summary>nginx with a worker per processor, HTTP and stream.</summary>
internal sealed class NginxPeer(string program, UpstreamPorts upstream, ServerCertificate certificate)
    : Peer("nginx", upstream, relays: true, relaysDatagrams: true, certificate)
{
    // Debian builds stream as a module.
    private const string StreamModule = "/usr/lib/nginx/modules/ngx_stream_module.so";

    // Without reuseport, two workers would each have a session of the same client; the buffer is what EdgeGate asks for.
    private const string Datagrams = "reuseport rcvbuf=4m";

    private readonly int _http2Port = Ports.Free(1)[0];

    // A port of its own: without TLS, this version serves either HTTP/1.1 or HTTP/2 on one.
    internal override int Http2Port => _http2Port;

    protected override ProcessStartInfo Prepare(string folder)
    {
        string config = Write(folder, "nginx.conf", Configuration(folder));
        return new ProcessStartInfo(program, ["-p", folder, "-e", Path.Combine(folder, "error.log"), "-c", config]);
    }

    private string Configuration(string folder) => $$"""
        {{(File.Exists(StreamModule) ? $"load_module {StreamModule};" : "")}}
        daemon off;
        {{(Environment.UserName == "root" ? "user root;" : "")}}
        worker_processes {{Environment.ProcessorCount}};
        pid {{folder}}/nginx.pid;
        events { worker_connections 10000; }
        http {
            access_log off;
            client_body_temp_path {{folder}}/body;
            proxy_temp_path {{folder}}/proxy;
            proxy_max_temp_file_size 0; # no other peer writes long answers to a disk
            fastcgi_temp_path {{folder}}/fastcgi;
            uwsgi_temp_path {{folder}}/uwsgi;
            scgi_temp_path {{folder}}/scgi;
            keepalive_requests 100000000;
            keepalive_timeout 300s;
            upstream app {
                server 127.0.0.1:{{Upstream.Http}};
                keepalive 256;
                keepalive_requests 100000000;
            }
            server {
                listen 127.0.0.1:{{HttpPort}} backlog=4096;
                listen 127.0.0.1:{{Http2Port}} http2 backlog=4096;
                listen 127.0.0.1:{{HttpsPort}} ssl http2 backlog=4096;
                ssl_certificate {{Certificate!.CertificatePath}};
                ssl_certificate_key {{Certificate.KeyPath}};
                ssl_protocols TLSv1.3;
                location / {
                    proxy_pass http://app;
                    proxy_http_version 1.1;
                    proxy_set_header Connection "";
                }
                location /ws {
                    proxy_pass http://app;
                    proxy_http_version 1.1;
                    proxy_set_header Upgrade $http_upgrade;
                    proxy_set_header Connection "upgrade";
                    proxy_read_timeout 300s;
                }
            }
        }
        stream {
            server { listen 127.0.0.1:{{EchoPort}} backlog=4096; proxy_pass 127.0.0.1:{{Upstream.Echo}}; }
            server { listen 127.0.0.1:{{SourcePort}} backlog=4096; proxy_pass 127.0.0.1:{{Upstream.Source}}; }
            server { listen 127.0.0.1:{{DatagramPort}} udp {{Datagrams}}; proxy_pass 127.0.0.1:{{Upstream.Datagrams}}; }
            server { listen 127.0.0.1:{{CounterPort}} udp {{Datagrams}}; proxy_pass 127.0.0.1:{{Upstream.Counter}}; }
        }
        """;
}
