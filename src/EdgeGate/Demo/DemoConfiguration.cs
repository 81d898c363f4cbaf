using System.Globalization;
using System.Text;
using EdgeGate.Configuration;

namespace EdgeGate.Demo;

/// <summary>The demonstration's configuration: an HTTP, a TCP and a UDP listener in front of the embedded upstreams.</summary>
internal static class DemoConfiguration
{
    public static Task<LoadedConfiguration> LoadAsync(DemoUpstreams upstreams, DemoPorts ports) =>
        new ConfigurationLoader(new Dictionary<string, string>()).LoadAsync(
            "the demo", Encoding.UTF8.GetBytes(Text(upstreams, ports)), folder: null);

    private static string Text(DemoUpstreams upstreams, DemoPorts ports) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        {
          "EdgeGate": {
            "Listeners": {
              "web":  { "Bind": "127.0.0.1:{{ports.Web}}", "Protocol": "http" },
              "echo": { "Bind": "127.0.0.1:{{ports.Echo}}", "Protocol": "tcp", "Cluster": "echo" },
              "datagrams": { "Bind": "127.0.0.1:{{ports.Datagrams}}", "Protocol": "udp", "Cluster": "datagrams" }
            },
            "Defaults": { "DrainTimeout": "00:00:05" },
            "Admin": { "Bind": "127.0.0.1:{{ports.Admin}}" }
          },
          "ReverseProxy": {
            "Routes": { "everything": { "ClusterId": "site", "Match": { "Path": "{**path}" } } },
            "Clusters": {
              "site": { "Destinations": { "embedded": { "Address": "{{upstreams.Site}}" } } },
              "echo": { "Destinations": { "embedded": { "Address": "tcp://{{upstreams.Echo}}" } } },
              "datagrams": { "Destinations": { "embedded": { "Address": "udp://{{upstreams.Datagrams}}" } } }
            }
          }
        }
        """);
}
