using System.Text.Json;
using EdgeGate.FunctionalTests.Infrastructure;

namespace EdgeGate.FunctionalTests.Packaging;

/// <summary>
/// A folder with a daemon that runs by itself: that of the variable EDGEGATE_PUBLISHED, which should be a native build; or,
/// because that takes minutes, the build under test with the runtime that it is tested on.
/// </summary>
internal static class PublishedDaemon
{
    /// <summary>Where the runtime is in a root that the daemon runs in.</summary>
    public const string Runtime = "/usr/lib/edgegate/dotnet";

    private static readonly string? Given = Environment.GetEnvironmentVariable("EDGEGATE_PUBLISHED");

    /// <summary>Makes the folder.</summary>
    /// <param name="folder">Where it may be made.</param>
    /// <param name="token">Ends it.</param>
    public static async Task<string> CreateAsync(TemporaryFolder folder, CancellationToken token)
    {
        if (!string.IsNullOrEmpty(Given))
        {
            return Given;
        }

        string published = Directory.CreateDirectory(Path.Combine(folder.Path, "published")).FullName;
        foreach (string name in Names().Where(name => File.Exists(Built(name))))
        {
            File.Copy(Built(name), Path.Combine(published, name));
        }

        string shared = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string version = Path.GetFileName(shared);
        string dotnet = Path.GetFullPath(Path.Combine(shared, "..", "..", ".."));
        foreach (string part in new[] { $"shared/Microsoft.NETCore.App/{version}", $"shared/Microsoft.AspNetCore.App/{version}", $"host/fxr/{version}" })
        {
            string to = Directory.CreateDirectory(Path.Combine(published, "dotnet", Path.GetDirectoryName(part)!)).FullName;
            (await Tool.RunAsync("cp", ["-a", Path.Combine(dotnet, part), to], token)).AssertSuccess();
        }

        return published;
    }

    /// <summary>Has a root's daemon find the runtime that was published with it.</summary>
    public static void InstallRuntime(string root)
    {
        Directory.CreateDirectory(Path.Combine(root, "etc", "dotnet"));
        File.WriteAllText(Path.Combine(root, "etc", "dotnet", "install_location"), Runtime + "\n");
    }

    private static string Built(string name) => Path.Combine(AppContext.BaseDirectory, name);

    private static IEnumerable<string> Names()
    {
        using var dependencies = JsonDocument.Parse(File.ReadAllBytes(Built("edgegate.deps.json")));
        foreach (JsonProperty library in dependencies.RootElement.GetProperty("targets").EnumerateObject().Single().Value.EnumerateObject())
        {
            if (library.Value.TryGetProperty("runtime", out JsonElement files))
            {
                foreach (JsonProperty file in files.EnumerateObject())
                {
                    yield return Path.GetFileName(file.Name);
                }
            }
        }

        yield return "edgegate";
        yield return "edgegate.deps.json";
        yield return "edgegate.runtimeconfig.json";
    }
}
