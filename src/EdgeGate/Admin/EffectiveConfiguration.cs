using System.Globalization;
using System.Text.Json.Nodes;
using EdgeGate.Configuration;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace EdgeGate.Admin;

/// <summary>
/// <c>/config</c>: the configuration that is served, with the defaults that were filled in and without its secrets.
/// </summary>
internal static class EffectiveConfiguration
{
    private static readonly string[] Sections = ["EdgeGate", "ReverseProxy", "Logging"];
    private static readonly JsonNodeOptions AnyCase = new() { PropertyNameCaseInsensitive = true };

    public static Task WriteAsync(HttpContext context, LoadedConfiguration loaded)
    {
        JsonObject tree = Of(loaded);
        return AdminJson.WriteAsync(context, json => tree.WriteTo(json));
    }

    public static JsonObject Of(LoadedConfiguration loaded)
    {
        GatewayConfig config = loaded.Config!;
        var root = new JsonObject(AnyCase);
        foreach (string section in Sections.Where(name => loaded.Root.GetSection(name).Exists()))
        {
            root[section] = Tree(loaded.Root.GetSection(section));
        }

        var gateway = (JsonObject)root["EdgeGate"]!;
        gateway.Remove("Defaults"); // each listener has them by now
        JsonObject listeners = Child(gateway, "Listeners");
        foreach (ListenerConfig listener in config.Listeners)
        {
            Fill(Child(listeners, listener.Name), listener);
        }

        Fill(Child(gateway, "Limits"), config.Limits);
        Child(gateway, "Kernel")["TuningFile"] = config.Kernel.TuningFile;
        Child(gateway, "Kernel")["Enforcement"] = config.Kernel.Enforcement.ToString();
        Child(gateway, "Admin")["Bind"] = config.Admin.Bind.ToString();
        Child(gateway, "Metrics")["PerConnectionTop"] = config.Metrics.PerConnectionTop;
        Fill(Child(gateway, "Transport"), config.Transport);
        Redaction.Redact(root);
        return root;
    }

    private static void Fill(JsonObject json, ListenerConfig listener)
    {
        ListenerSettings settings = listener.Settings;
        json["Bind"] = listener.Bind.ToString();
        json["Protocol"] = Lower(listener.Protocol);
        json["Backlog"] = settings.Backlog;
        json["ProxyProtocol"] = settings.ProxyProtocol.ToString();
        json["Allow"] = Texts(settings.Allow.Select(network => network.ToString()));
        json["Deny"] = Texts(settings.Deny.Select(network => network.ToString()));
        json["MaxConnections"] = settings.MaxConnections;
        json["MaxConnectionsPerSource"] = settings.MaxConnectionsPerSource;
        json["SourcePrefixV4"] = settings.SourcePrefixV4;
        json["SourcePrefixV6"] = settings.SourcePrefixV6;
        json["ConnectionRatePerSource"] = settings.ConnectionRatePerSource;
        json["WhenFull"] = settings.WhenFull.ToString();
        json["IdleTimeout"] = Text(settings.IdleTimeout);
        json["ConnectTimeout"] = Text(settings.ConnectTimeout);
        json["FirstByteTimeout"] = Text(settings.FirstByteTimeout);
        json["DrainTimeout"] = Text(settings.DrainTimeout);
        json["ReceiveBuffer"] = settings.ReceiveBuffer;
        json["SendBuffer"] = settings.SendBuffer;
        if (listener.Tls is { } tls)
        {
            JsonObject shown = Child(json, "Tls");
            shown["MinimumVersion"] = tls.MinimumVersion.ToString();
            shown["ClientCertificate"] = tls.ClientCertificate.ToString();
        }

        if (listener.Protocol == ListenerProtocol.Udp)
        {
            json["FlowIdleTimeout"] = Text(listener.FlowIdleTimeout);
        }
    }

    private static void Fill(JsonObject json, LimitsConfig limits)
    {
        json["MaxConnections"] = NumberOrAuto(limits.MaxConnections);
        json["ReservedDescriptors"] = limits.ReservedDescriptors;
        json["MemoryFraction"] = limits.MemoryFraction;
        OverloadConfig overload = limits.Overload;
        json["Overload"] = new JsonObject
        {
            ["Warn"] = NumberOrOff(overload.Warn),
            ["CloseIdle"] = NumberOrOff(overload.CloseIdle),
            ["StopAccepting"] = NumberOrOff(overload.StopAccepting),
            ["Reject"] = NumberOrOff(overload.Reject),
            ["Reset"] = NumberOrOff(overload.Reset),
            ["Recovery"] = overload.Recovery,
        };
    }

    private static JsonNode NumberOrOff(double threshold) => double.IsFinite(threshold) ? threshold : "Off";

    private static void Fill(JsonObject json, TransportConfig transport)
    {
        json["Loops"] = NumberOrAuto(transport.Loops);
        json["Poller"] = Lower(transport.Poller);
        json["Splice"] = Lower(transport.Splice);
        json["HttpClient"] = Lower(transport.HttpClient);
    }

    private static JsonObject Child(JsonObject parent, string name)
    {
        if (parent[name] is JsonObject child)
        {
            return child;
        }

        var made = new JsonObject(AnyCase);
        parent[name] = made;
        return made;
    }

    /// <summary>A section as JSON: the keys 0, 1, 2 are a list, and only true and false keep their kind.</summary>
    private static JsonNode? Tree(IConfigurationSection section)
    {
        IConfigurationSection[] children = [.. section.GetChildren()];
        if (children.Length == 0)
        {
            return section.Value switch
            {
                null => null,
                "True" => true,
                "False" => false,
                var text => text,
            };
        }

        if (children.Select((child, i) => child.Key == i.ToString(CultureInfo.InvariantCulture)).All(isIndex => isIndex))
        {
            return new JsonArray([.. children.Select(Tree)]);
        }

        var json = new JsonObject(AnyCase);
        foreach (IConfigurationSection child in children)
        {
            json[child.Key] = Tree(child);
        }

        return json;
    }

    private static JsonNode NumberOrAuto(int? number) => number is { } value ? value : "auto";

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string Text(TimeSpan time) =>
        time == Timeout.InfiniteTimeSpan ? "Off" : time.ToString("c", CultureInfo.InvariantCulture);

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode?)text)];
}
