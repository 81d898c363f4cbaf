using Microsoft.Extensions.Configuration;

namespace EdgeGate.Configuration;

/// <summary>Reads the <c>EdgeGate</c> section, key by key. What is wrong is reported and left at its default.</summary>
internal sealed class GatewayReader(IConfiguration root, string? folder, ConfigurationReport report)
{
    private const int MaxCount = 100_000_000;

    public GatewayConfig Read()
    {
        var section = new SectionReader(root.GetSection("EdgeGate"), report);
        if (!section.Exists)
        {
            report.Error("", "there is no EdgeGate section, so there is nothing to listen on");
            return new GatewayConfig();
        }

        var listeners = new ListenerReader(folder, report).Read(section.Section("Listeners"), section.Section("Defaults"));
        var http = new HttpReader(folder, listeners).Read(section.Section("Http"));
        var config = new GatewayConfig
        {
            Listeners = [.. listeners.Select(listener => listener with { HttpLimits = http.Limits })],
            Http = http,
            Limits = ReadLimits(section.Section("Limits")),
            Kernel = ReadKernel(section.Section("Kernel")),
            Admin = new AdminReader(folder).Read(section.Section("Admin")),
            Metrics = TelemetryReader.ReadMetrics(section.Section("Metrics")),
            AccessLog = TelemetryReader.ReadAccessLog(section.Section("AccessLog"), folder),
            Tracing = TelemetryReader.ReadTracing(section.Section("Tracing")),
            Transport = ReadTransport(section.Section("Transport")),
            ReloadOnChange = section.Flag("ReloadOnChange") ?? false,
        };
        section.RejectUnknown();
        return config;
    }

    /// <summary>A path of the configuration, made absolute from the configuration's own folder.</summary>
    public static string Resolve(string path, string? folder) =>
        Path.GetFullPath(path, folder ?? Environment.CurrentDirectory);

    private static LimitsConfig ReadLimits(SectionReader section)
    {
        var limits = new LimitsConfig();
        limits = limits with
        {
            MaxConnections = section.IntegerOrAuto("MaxConnections", 1, MaxCount),
            ReservedDescriptors = section.Integer("ReservedDescriptors", 0, 1_000_000) ?? limits.ReservedDescriptors,
            MemoryFraction = section.Fraction("MemoryFraction") ?? limits.MemoryFraction,
            Overload = OverloadReader.Read(section.Section("Overload")),
        };
        section.RejectUnknown();
        return limits;
    }

    private static TransportConfig ReadTransport(SectionReader section)
    {
        var transport = new TransportConfig
        {
            Loops = section.IntegerOrAuto("Loops", 1, 1024),
            Poller = section.Choice<PollerChoice>("Poller", inLowerCase: true) ?? PollerChoice.Auto,
            Splice = section.Choice<SpliceChoice>("Splice", inLowerCase: true) ?? SpliceChoice.On,
        };
        transport = transport with
        {
            HttpClient = section.Choice<HttpClientChoice>("HttpClient", inLowerCase: true) ?? transport.HttpClient,
        };
        section.RejectUnknown();
        return transport;
    }

    private KernelConfig ReadKernel(SectionReader section)
    {
        var kernel = new KernelConfig();
        var file = section.Text("TuningFile");
        kernel = kernel with
        {
            TuningFile = string.IsNullOrWhiteSpace(file) ? null : Resolve(file, folder),
            Enforcement = section.Choice<KernelEnforcement>("Enforcement") ?? kernel.Enforcement,
        };
        section.RejectUnknown();
        return kernel;
    }
}
