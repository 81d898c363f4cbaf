using System.Collections;
using EdgeGate.Limits;
using Microsoft.Extensions.Configuration;

namespace EdgeGate.Configuration;

/// <summary>
/// Reads, overrides and checks a configuration. It keeps nothing, so a reload is another call, whose result
/// is taken or left.
/// </summary>
internal sealed class ConfigurationLoader
{
    private static readonly string[] Sections = ["EdgeGate", "ReverseProxy", "Logging"];

    private readonly IDictionary _environment;
    private readonly TimeProvider _time;

    /// <param name="environment">The variables that may override; null: those of this process.</param>
    /// <param name="time">Tells whether a certificate has expired.</param>
    public ConfigurationLoader(IDictionary? environment = null, TimeProvider? time = null)
    {
        _environment = environment ?? Environment.GetEnvironmentVariables();
        _time = time ?? TimeProvider.System;
    }

    public async Task<LoadedConfiguration> LoadAsync(string file, CancellationToken cancellation = default)
    {
        try
        {
            var full = Path.GetFullPath(file);
            var text = await File.ReadAllBytesAsync(full, cancellation);
            return await LoadAsync(file, text, Path.GetDirectoryName(full));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            var why = e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : e.Message;
            return new LoadedConfiguration { Source = file, Errors = [new ConfigurationError(file, "", why)] };
        }
    }

    /// <param name="source">The name to give in messages.</param>
    /// <param name="text">UTF-8 JSON, with or without a byte order mark.</param>
    /// <param name="folder">What relative paths start from; null: the current directory.</param>
    /// <param name="tuning">Stands in for the tuning file that the text names, where there is no folder.</param>
    public async Task<LoadedConfiguration> LoadAsync(
        string source, byte[] text, string? folder, TuningFile? tuning = null)
    {
        text = text.AsSpan().StartsWith("\uFEFF"u8) ? text[3..] : text;
        var map = JsonMap.Read(source, text);
        if (map.Errors.Count > 0)
        {
            return new LoadedConfiguration { Source = source, Errors = map.Errors };
        }

        var variables = Overrides();
        var root = new ConfigurationBuilder()
            .AddJsonStream(new MemoryStream(text))
            .AddInMemoryCollection(variables.Select(v => KeyValuePair.Create(v.Key, (string?)v.Value.Value)))
            .Build();
        var names = variables.ToDictionary(v => v.Key, v => v.Value.Name, StringComparer.OrdinalIgnoreCase);
        var report = new ConfigurationReport(source, map, names);
        var config = await ReadAsync(root, folder, report);
        tuning ??= ReadTuning(config, report);
        return new LoadedConfiguration
        {
            Source = source,
            Config = report.Errors.Count == 0 ? config : null,
            Tuning = tuning,
            Root = root,
            Errors = report.Errors,
            Warnings = report.Warnings,
        };
    }

    private async Task<GatewayConfig> ReadAsync(IConfigurationRoot root, string? folder, ConfigurationReport report)
    {
        CheckTopLevel(root, report);
        var (routes, clusters) = new ProxyReader(root, report).Read();
        var config = new GatewayReader(root, folder, report).Read() with { Routes = routes, Clusters = clusters };
        config = config with { Http = config.Http.With(routes) };
        await ProxyValidator.ValidateAsync(config, report);
        var clusterNames = root.GetSection("ReverseProxy:Clusters").GetChildren().Select(c => c.Key).ToList();
        new CrossChecks(config, clusterNames, report).Run();
        RoutePolicyChecks.Run(config, report);
        UpstreamMetadata.Check(config, report);
        NotYetServed.Report(config, report);
        var files = new TlsFiles(report, _time);
        foreach (var cluster in config.Clusters)
        {
            files.Check(cluster, folder);
        }

        return config with { Listeners = [.. config.Listeners.Select(files.Check)], Folder = folder };
    }

    private static TuningFile? ReadTuning(GatewayConfig config, ConfigurationReport report)
    {
        if (config.Kernel.TuningFile is not { } file)
        {
            return null;
        }

        if (TlsFiles.WhyUnreadable(file) is { } why)
        {
            report.Error("EdgeGate:Kernel:TuningFile", why);
            return null;
        }

        var tuning = TuningFile.Read(file);
        foreach (var error in tuning.Errors)
        {
            report.Add(error);
        }

        return tuning;
    }

    private static bool IsKnown(string key) =>
        key == "$schema" || Sections.Contains(key, StringComparer.OrdinalIgnoreCase);

    // A file that also serves another program may carry its keys; a slip in one of ours must not pass as one.
    private static void CheckTopLevel(IConfigurationRoot root, ConfigurationReport report)
    {
        foreach (var child in root.GetChildren().Where(child => !IsKnown(child.Key)))
        {
            if (Nearest.To(child.Key, Sections) is { } nearest)
            {
                report.Error(child.Path, $"there is no such section. Did you mean '{nearest}'?");
            }
            else
            {
                report.Warning(child.Path, "EdgeGate does not read this section");
            }
        }
    }

    // EdgeGate__Admin__Bind is EdgeGate:Admin:Bind. Other variables are none of our business.
    private Dictionary<string, (string Name, string Value)> Overrides()
    {
        var overrides = new Dictionary<string, (string, string)>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry variable in _environment)
        {
            if (variable is { Key: string name, Value: string value }
                && Sections.Any(s => name.StartsWith(s + "__", StringComparison.OrdinalIgnoreCase)))
            {
                overrides[name.Replace("__", ":", StringComparison.Ordinal)] = (name, value);
            }
        }

        return overrides;
    }
}
