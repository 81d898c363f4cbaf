using System.Globalization;

namespace EdgeGate.Native.Kernel;

/// <summary>Reads <c>/proc/net</c>'s counters, which come as names with values beside or below them.</summary>
internal static class NetworkCounters
{
    public static NetstatCounters ReadNetstat(ProcFiles files)
    {
        var counters = ReadTable(files.Lines("proc/net/netstat"), "TcpExt:");
        return new NetstatCounters
        {
            ListenOverflows = Of(counters, "ListenOverflows"),
            ListenDrops = Of(counters, "ListenDrops"),
            TcpBacklogDrop = Of(counters, "TCPBacklogDrop"),
            TcpReqQFullDrop = Of(counters, "TCPReqQFullDrop"),
            TcpMemoryPressures = Of(counters, "TCPMemoryPressures"),
            PruneCalled = Of(counters, "PruneCalled"),
        };
    }

    public static SocketUsage ReadSockets(ProcFiles files)
    {
        var four = files.Lines("proc/net/sockstat");
        var six = files.Lines("proc/net/sockstat6");
        var tcp = ReadPairs(four, "TCP:");
        var udp = ReadPairs(four, "UDP:");
        return new SocketUsage
        {
            Sockets = Of(ReadPairs(four, "sockets:"), "used"),
            TcpInUse = Of(tcp, "inuse"),
            TcpOrphan = Of(tcp, "orphan"),
            TcpTimeWait = Of(tcp, "tw"),
            TcpMemoryPages = Of(tcp, "mem"),
            UdpInUse = Of(udp, "inuse"),
            UdpMemoryPages = Of(udp, "mem"),
            Tcp6InUse = Of(ReadPairs(six, "TCP6:"), "inuse"),
            Udp6InUse = Of(ReadPairs(six, "UDP6:"), "inuse"),
        };
    }

    // A line of names and, below it, a line of values, both with the same first word.
    private static Dictionary<string, long> ReadTable(string[] lines, string label)
    {
        var rows = lines.Select(Words).Where(words => words is [var first, ..] && first == label).ToArray();
        var table = new Dictionary<string, long>(StringComparer.Ordinal);
        if (rows is [var names, var values, ..])
        {
            for (var i = 1; i < Math.Min(names.Length, values.Length); i++)
            {
                Add(table, names[i], values[i]);
            }
        }

        return table;
    }

    // "TCP: inuse 5 orphan 0 tw 2"
    private static Dictionary<string, long> ReadPairs(string[] lines, string label)
    {
        var words = lines.Select(Words).FirstOrDefault(words => words is [var first, ..] && first == label) ?? [];
        var pairs = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var i = 1; i + 1 < words.Length; i += 2)
        {
            Add(pairs, words[i], words[i + 1]);
        }

        return pairs;
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static void Add(Dictionary<string, long> counters, string name, string value)
    {
        if (long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            counters[name] = number;
        }
    }

    private static long? Of(Dictionary<string, long> counters, string name) =>
        counters.TryGetValue(name, out var value) ? value : null;
}
