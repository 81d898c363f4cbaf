using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EdgeGate.Daemon;

/// <summary>
/// Asks the admin address once for its pages before the daemon is ready. What the runtime loads for them, descriptors
/// included, is there before the plan counts, and not only when the table of descriptors is full.
/// </summary>
internal static class WarmUp
{
    private static readonly string[] Pages = ["/metrics", "/connections", "/limits", "/clusters", "/status", "/readyz"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(IPEndPoint admin)
    {
        using var enough = new CancellationTokenSource(Patience);
        foreach (string page in Pages)
        {
            try
            {
                await GetAsync(Reachable(admin), page, enough.Token);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                return; // it only warms: a machine that forbids it serves all the same
            }
        }
    }

    private static IPEndPoint Reachable(IPEndPoint admin) =>
        admin.Address.Equals(IPAddress.Any) ? new IPEndPoint(IPAddress.Loopback, admin.Port)
        : admin.Address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(IPAddress.IPv6Loopback, admin.Port)
        : admin;

    private static async Task GetAsync(IPEndPoint admin, string page, CancellationToken cancellation)
    {
        using var socket = new Socket(admin.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(admin, cancellation);
        byte[] request = Encoding.ASCII.GetBytes($"GET {page} HTTP/1.1\r\nHost: {admin}\r\nConnection: close\r\n\r\n");
        await socket.SendAsync(request, cancellation);
        byte[] answer = new byte[16 * 1024];
        while (await socket.ReceiveAsync(answer, cancellation) > 0)
        {
            // Only the asking matters.
        }
    }
}
