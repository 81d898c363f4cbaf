using System.Text;
using EdgeGate.Configuration;
using EdgeGate.Limits;

namespace EdgeGate.CommandLine;

/// <summary>Which configuration is meant where none is named.</summary>
internal static class DefaultConfiguration
{
    public const string File = "/etc/edgegate/edgegate.json";

    private const string Name = "the embedded default";

    /// <summary>The configuration that ships with EdgeGate, with the tuning file beside it.</summary>
    public static async Task<LoadedConfiguration> LoadEmbeddedAsync(ConfigurationLoader loader)
    {
        var tuning = Encoding.UTF8.GetString(EmbeddedFile.Read("kernel-tuning.conf"));
        return await loader.LoadAsync(
            Name, EmbeddedFile.Read("edgegate.json"), folder: null, TuningFile.Parse("kernel-tuning.conf", tuning));
    }
}
