using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>
/// A network of its own (network_namespaces(7)): loopback addresses and kernel settings that nobody else has. It belongs
/// to one thread. Sockets that are opened and programs that are started there stay in it, whoever uses them later.
/// </summary>
internal sealed class NetworkNamespace : IDisposable
{
    private const int CLONE_NEWNET = 0x40000000;

    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    private NetworkNamespace()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "network-namespace" };
        _thread.Start();
    }

    /// <summary>Makes one with loopback up, or skips the test with the reason.</summary>
    public static NetworkNamespace Create()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "network namespaces are Linux's");
        Assert.SkipUnless(Environment.UserName == "root", "only root makes a network namespace");
        var made = new NetworkNamespace();
        int error = made.Do(() => unshare(CLONE_NEWNET) == 0 ? 0 : Marshal.GetLastPInvokeError());
        Assert.SkipUnless(error == 0, $"no network namespace here: {Marshal.GetPInvokeErrorMessage(error)}");
        made.Do(() =>
        {
            using Process ip = Process.Start("ip", ["link", "set", "lo", "up"]);
            ip.WaitForExit();
            Assert.Equal(0, ip.ExitCode);
        });
        return made;
    }

    /// <summary>Changes a kernel setting of this network.</summary>
    public void Set(string sysctl, string value) =>
        Do(() => File.WriteAllText("/proc/sys/" + sysctl.Replace('.', '/'), value));

    /// <summary>Opens a TCP socket there and binds it.</summary>
    public Socket Open(IPEndPoint? from = null) => Do(() =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (from is not null)
        {
            socket.Bind(from);
        }

        return socket;
    });

    /// <summary>The handler of an HTTP client that is there.</summary>
    /// <param name="from">Where its connections come from, each in turn; null leaves it to the kernel.</param>
    public SocketsHttpHandler Handler(Func<IPEndPoint>? from = null) => new()
    {
        ConnectCallback = async (context, token) =>
        {
            Socket socket = Open(from?.Invoke());
            await socket.ConnectAsync(context.DnsEndPoint, token);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };

    /// <summary>Does something there.</summary>
    public T Do<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task.GetAwaiter().GetResult();
    }

    /// <summary>Does something there.</summary>
    public void Do(Action work) => Do(() =>
    {
        work();
        return 0;
    });

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Run()
    {
        foreach (Action work in _work.GetConsumingEnumerable())
        {
            work();
        }
    }

    // unshare(2) of the calling thread alone.
    [DllImport("libc", SetLastError = true)]
    private static extern int unshare(int flags);
}
