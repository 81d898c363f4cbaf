using EdgeGate.Configuration;
using EdgeGate.Limits.Tuning;
using EdgeGate.Native.Kernel;

namespace EdgeGate.CommandLine;

/// <summary><c>edgegate tune</c>: the settings with which this machine holds a number of connections. It changes nothing.</summary>
internal sealed class TuneCommand(Terminal terminal, ConfigurationLoader loader, KernelFactsReader reader)
{
    /// <param name="config">The configuration; null: the usual file, or else the embedded default.</param>
    /// <param name="connections">How many are wanted.</param>
    /// <param name="profile">What for.</param>
    /// <param name="format">How to print.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task<int> RunAsync(
        string? config, long connections, TuningProfile profile, TuneFormat format, CancellationToken cancellation)
    {
        var file = config ?? (File.Exists(DefaultConfiguration.File) ? DefaultConfiguration.File : null);
        LoadedConfiguration loaded = file is null
            ? await DefaultConfiguration.LoadEmbeddedAsync(loader)
            : await loader.LoadAsync(file, cancellation);
        if (loaded.Config is null)
        {
            foreach (var error in loaded.Errors)
            {
                await terminal.Error.WriteLineAsync(error.ToString());
            }

            return ExitCode.Configuration;
        }

        var tuning = MachineTuning.Create(reader.Read(), loaded.Config, connections, profile);
        await terminal.Output.WriteAsync(TuneText.Write(tuning, loaded.Source, format));
        return ExitCode.Good;
    }
}
