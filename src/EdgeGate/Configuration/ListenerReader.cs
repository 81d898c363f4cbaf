using System.Collections.Immutable;
using System.Net;

namespace EdgeGate.Configuration;

/// <summary>Reads the listeners and the defaults that they share.</summary>
internal sealed class ListenerReader(string? folder, ConfigurationReport report)
{
    private const int MaxCount = 100_000_000;
    private const string FirstByteTimeout = "FirstByteTimeout";

    public ImmutableArray<ListenerConfig> Read(SectionReader listeners, SectionReader defaults)
    {
        // Read once for its own errors, even where no listener would show them.
        _ = ReadSettings(defaults, ListenerSettings.For(ListenerProtocol.Http));
        defaults.RejectUnknown();
        var read = ImmutableArray.CreateBuilder<ListenerConfig>();
        foreach (var section in listeners.Sections())
        {
            if (ReadListener(section, defaults) is { } listener)
            {
                read.Add(listener);
            }
        }

        if (!listeners.Sections().Any())
        {
            report.Error(
                listeners.Path,
                "there is no listener; write one, such as "
                + "\"web\": { \"Bind\": \"0.0.0.0:8080\", \"Protocol\": \"http\" }");
        }

        return read.ToImmutable();
    }

    private ListenerConfig? ReadListener(SectionReader section, SectionReader defaults)
    {
        var bind = section.Bind("Bind", section.Required("Bind", "\"0.0.0.0:8080\""));
        _ = section.Required("Protocol", "\"http\"");
        var protocol = section.Choice<ListenerProtocol>("Protocol", inLowerCase: true);
        var shared = ReadSettings(defaults, ListenerSettings.For(protocol ?? ListenerProtocol.Http));
        var cluster = section.Text("Cluster");
        var tls = section.Section("Tls");
        var listener = new ListenerConfig
        {
            Name = section.Name,
            Bind = bind ?? BindAddress.Of(new IPEndPoint(IPAddress.Loopback, 0)),
            SocketMode = ReadMode(section, bind),
            Protocol = protocol ?? ListenerProtocol.Http,
            Cluster = string.IsNullOrWhiteSpace(cluster) ? null : cluster,
            Tls = tls.Exists ? new TlsReader(folder).Read(tls) : null,
            SniRoutes = section.Map("SniRoutes").ToImmutableSortedDictionary(StringComparer.OrdinalIgnoreCase),
            FlowIdleTimeout = section.Time("FlowIdleTimeout") ?? TimeSpan.FromSeconds(30),
            Settings = ReadSettings(section, shared),
        };
        if (protocol is not (null or ListenerProtocol.Udp) && section.Has("FlowIdleTimeout"))
        {
            section.Error("FlowIdleTimeout", "only a udp listener has flows; write IdleTimeout, or take this key out");
        }

        if (listener.Settings.ProxyProtocol == ProxyProtocolMode.Required
            && !section.Has(FirstByteTimeout) && !defaults.Has(FirstByteTimeout))
        {
            // Behind a proxy it is always the other side that speaks first, and HTTP's default is right for all.
            var waits = ListenerSettings.For(ListenerProtocol.Http).FirstByteTimeout;
            listener = listener with { Settings = listener.Settings with { FirstByteTimeout = waits } };
        }

        section.RejectUnknown();
        // A listener without a place or a protocol would only lead to errors that are none of its own.
        return bind is null || protocol is null ? null : listener;
    }

    private static UnixFileMode ReadMode(SectionReader section, BindAddress? bind)
    {
        const UnixFileMode OwnerAndGroup =
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
        var text = section.Text("SocketMode");
        if (string.IsNullOrWhiteSpace(text))
        {
            return OwnerAndGroup;
        }

        if (bind is not null && bind.Kind != BindKind.Unix)
        {
            section.Error("SocketMode", "only a unix: bind has a file, and a mode; take this key out");
        }

        if (text.Length is 3 or 4 && text.All(char.IsAsciiDigit) && text.All(digit => digit < '8')
            && Convert.ToInt32(text, fromBase: 8) is <= 0x1ff and var mode)
        {
            return (UnixFileMode)mode;
        }

        section.Error("SocketMode", $"'{text}' is not a file mode; write three octal digits, such as \"0660\"");
        return OwnerAndGroup;
    }

    private static ListenerSettings ReadSettings(SectionReader section, ListenerSettings otherwise) => otherwise with
    {
        Backlog = section.Integer("Backlog", 1, 1_000_000) ?? otherwise.Backlog,
        ProxyProtocol = section.Choice<ProxyProtocolMode>("ProxyProtocol") ?? otherwise.ProxyProtocol,
        Allow = section.Networks("Allow") ?? otherwise.Allow,
        Deny = section.Networks("Deny") ?? otherwise.Deny,
        MaxConnections = section.Integer("MaxConnections", 1, MaxCount) ?? otherwise.MaxConnections,
        MaxConnectionsPerSource =
            section.Integer("MaxConnectionsPerSource", 1, MaxCount) ?? otherwise.MaxConnectionsPerSource,
        SourcePrefixV4 = section.Integer("SourcePrefixV4", 0, 32) ?? otherwise.SourcePrefixV4,
        SourcePrefixV6 = section.Integer("SourcePrefixV6", 0, 128) ?? otherwise.SourcePrefixV6,
        ConnectionRatePerSource =
            section.Integer("ConnectionRatePerSource", 1, MaxCount) ?? otherwise.ConnectionRatePerSource,
        WhenFull = section.Choice<WhenFull>("WhenFull") ?? otherwise.WhenFull,
        IdleTimeout = section.Time("IdleTimeout", mayBeOff: true) ?? otherwise.IdleTimeout,
        ConnectTimeout = section.Time("ConnectTimeout") ?? otherwise.ConnectTimeout,
        FirstByteTimeout = section.Time(FirstByteTimeout, mayBeOff: true) ?? otherwise.FirstByteTimeout,
        DrainTimeout = section.Time("DrainTimeout") ?? otherwise.DrainTimeout,
        ReceiveBuffer = section.Integer("ReceiveBuffer", 1024, 1 << 30) ?? otherwise.ReceiveBuffer,
        SendBuffer = section.Integer("SendBuffer", 1024, 1 << 30) ?? otherwise.SendBuffer,
    };
}
