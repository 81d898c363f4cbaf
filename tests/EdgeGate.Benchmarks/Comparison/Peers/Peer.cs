using System.Diagnostics;
using EdgeGate.Benchmarks.Comparison.Load;
using EdgeGate.Benchmarks.Comparison.Upstream;

namespace EdgeGate.Benchmarks.Comparison.Peers;

/// <summary>A proxy in front of the upstream, in a process of its own. It can be started and ended many times.</summary>
internal abstract class Peer : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgegate-bench-").FullName;
    private ChildProcess? _process;

    /// <param name="name">For the report.</param>
    /// <param name="upstream">What it proxies to.</param>
    /// <param name="relays">Whether it relays TCP as well as HTTP.</param>
    /// <param name="relaysDatagrams">Whether it relays UDP.</param>
    /// <param name="certificate">What it shows on https; null if it serves none.</param>
    protected Peer(
        string name, UpstreamPorts upstream, bool relays, bool relaysDatagrams = false, ServerCertificate? certificate = null)
    {
        Name = name;
        Upstream = upstream;
        Certificate = certificate;
        int[] ports = Ports.Free(6);
        HttpPort = ports[0];
        EchoPort = relays ? ports[1] : null;
        SourcePort = relays ? ports[2] : null;
        DatagramPort = relaysDatagrams ? ports[3] : null;
        CounterPort = relaysDatagrams ? ports[4] : null;
        HttpsPort = certificate is null ? null : ports[5];
    }

    internal string Name { get; }

    /// <summary>Proxies HTTP/1.1 to the upstream's HTTP.</summary>
    internal int HttpPort { get; }

    /// <summary>The same for HTTP/2 without TLS; one port for both where the proxy can tell them apart.</summary>
    internal virtual int Http2Port => HttpPort;

    /// <summary>The same over TLS 1.3; null if it does not serve that.</summary>
    internal int? HttpsPort { get; }

    /// <summary>Relays to the upstream's echo; null if it relays no TCP.</summary>
    internal int? EchoPort { get; }

    /// <summary>Relays to the upstream's endless source; null if it relays no TCP.</summary>
    internal int? SourcePort { get; }

    /// <summary>Relays to the upstream's UDP echo; null if it relays no UDP.</summary>
    internal int? DatagramPort { get; }

    /// <summary>Relays to the upstream that counts datagrams; null if it relays no UDP.</summary>
    internal int? CounterPort { get; }

    /// <summary>Where the upstream that counts is asked how many came.</summary>
    internal int CounterItself => Upstream.Counter;

    /// <summary>What it shows on https.</summary>
    internal ServerCertificate? Certificate { get; }

    /// <summary>Whether it becomes faster while it works, because it is compiled just in time.</summary>
    internal virtual bool IsCompiledWhileRunning => false;

    /// <summary>Whether it is another peer with one setting changed, for the work that the setting is for.</summary>
    internal virtual Variant Variant => Variant.None;

    /// <summary>Where it tells what its heap has given out since the start, see <see cref="ReadAllocatedBytes"/>.</summary>
    protected virtual Uri? AllocationPage => null;

    protected UpstreamPorts Upstream { get; }

    internal int ProcessId => _process!.Id;

    /// <summary>The end of what it has printed.</summary>
    internal string LastLines => _process?.LastLines ?? "";

    internal bool IsRunning => _process is not null;

    /// <summary>Whether <see cref="ReadAllocatedBytes"/> works.</summary>
    internal bool TellsAllocatedBytes => AllocationPage is not null;

    /// <summary>Starts it.</summary>
    /// <returns>How long it took until the first request was answered.</returns>
    internal TimeSpan Start()
    {
        _process = new ChildProcess(Prepare(_folder));
        _process.WaitUntilListening(HttpPort);
        using var first = new ClientLoad(HttpPort, Exchange.Get);
        first.Grow(1);
        return Stopwatch.GetElapsedTime(_process.Started);
    }

    internal void Stop()
    {
        _process?.Dispose();
        _process = null;
    }

    /// <summary>How many bytes its managed heap has given out since it was started.</summary>
    internal long ReadAllocatedBytes()
    {
        using var client = new HttpClient();
        return ParseAllocatedBytes(client.GetStringAsync(AllocationPage).GetAwaiter().GetResult());
    }

    public void Dispose()
    {
        Stop();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Writes the configuration; says how to start.</summary>
    protected abstract ProcessStartInfo Prepare(string folder);

    /// <summary>Finds the number on <see cref="AllocationPage"/>.</summary>
    protected virtual long ParseAllocatedBytes(string page) => throw new NotSupportedException();

    protected static string Write(string folder, string name, string text)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
