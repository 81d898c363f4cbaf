using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Systemd;

/// <summary>
/// The socket that systemd listens on for what a service of Type=notify has to say: sd_notify(3). Each message is a
/// datagram of lines.
/// </summary>
internal sealed class NotifySocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly UnixDomainSocketEndPoint _manager;
    private readonly ILogger _log;
    private int _failed;

    private NotifySocket(string address, ILogger log)
    {
        // A name that begins with @ is one of the abstract namespace, where it begins with a zero: unix(7).
        _manager = new UnixDomainSocketEndPoint(address[0] == '@' ? "\0" + address[1..] : address);
        _log = log;
    }

    /// <summary>The socket that NOTIFY_SOCKET names; null where nobody wants to hear anything.</summary>
    public static NotifySocket? FromEnvironment(ILogger log)
    {
        string? address = Environment.GetEnvironmentVariable("NOTIFY_SOCKET");
        if (string.IsNullOrEmpty(address))
        {
            return null;
        }

        if (address[0] is '/' or '@' && address.Length > 1)
        {
            try
            {
                return new NotifySocket(address, log);
            }
            catch (ArgumentOutOfRangeException)
            {
                // Longer than an address may be: it is refused below like any other that is none.
            }
        }

        SystemdLog.BadNotifySocket(log, address);
        return null;
    }

    /// <summary>
    /// Says something; from any thread. It never fails: a gateway serves on, whether or not somebody listens, and the
    /// first failure is logged.
    /// </summary>
    public void Send(string message)
    {
        try
        {
            _ = _socket.SendTo(Encoding.UTF8.GetBytes(message), _manager);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            if (Interlocked.Exchange(ref _failed, 1) == 0)
            {
                SystemdLog.CannotNotify(_log, e.Message);
            }
        }
    }

    public void Dispose() => _socket.Dispose();
}
