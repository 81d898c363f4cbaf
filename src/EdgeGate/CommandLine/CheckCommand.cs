using EdgeGate.Configuration;
using EdgeGate.Limits;
using EdgeGate.Native.Kernel;

namespace EdgeGate.CommandLine;

/// <summary><c>edgegate check</c>: validate, read the kernel, plan, print.</summary>
internal sealed class CheckCommand(Terminal terminal, ConfigurationLoader loader, KernelFactsReader reader)
{
    /// <param name="config">The configuration; null: the usual file, or else the embedded default.</param>
    /// <param name="tuning">A tuning file that stands in for the one of the configuration, or null.</param>
    /// <param name="format">How to print.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task<int> RunAsync(string? config, string? tuning, CheckFormat format, CancellationToken cancellation)
    {
        var result = await CheckAsync(config, tuning, cancellation);
        if (format == CheckFormat.Json)
        {
            await terminal.Output.WriteLineAsync(CheckJson.Write(result));
        }
        else
        {
            new CheckTable(terminal).Write(result);
        }

        return result.ExitCode;
    }

    private async Task<CheckResult> CheckAsync(string? config, string? tuning, CancellationToken cancellation)
    {
        string? note = null;
        var file = config ?? (File.Exists(DefaultConfiguration.File) ? DefaultConfiguration.File : null);
        LoadedConfiguration loaded;
        if (file is null)
        {
            note = $"There is no {DefaultConfiguration.File}: this checks the machine with the embedded default. "
                + "Name yours with --config.";
            loaded = await DefaultConfiguration.LoadEmbeddedAsync(loader);
        }
        else
        {
            loaded = await loader.LoadAsync(file, cancellation);
        }

        var wishes = tuning is null ? loaded.Tuning : TuningFile.Read(tuning);
        IReadOnlyList<ConfigurationError> errors =
            tuning is null ? loaded.Errors : [.. loaded.Errors, .. wishes?.Errors ?? []];
        var plan = errors.Count == 0 && loaded.Config is { } good ? Preflight.Plan(good, wishes, reader) : null;
        return new CheckResult(loaded.Source, note, errors, loaded.Warnings, plan);
    }
}
