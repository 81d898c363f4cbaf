using EdgeGate.FunctionalTests.Infrastructure;

namespace EdgeGate.FunctionalTests.Packaging;

/// <summary>Builds the Debian package.</summary>
internal static class DebianPackage
{
    /// <summary>Builds it of the daemon under test.</summary>
    /// <returns>The package's file.</returns>
    public static async Task<string> BuildAsync(TemporaryFolder folder, CancellationToken token) =>
        await BuildAsync(await PublishedDaemon.CreateAsync(folder, token), folder, "none", token);

    /// <summary>Builds it of a published daemon.</summary>
    /// <returns>The package's file.</returns>
    public static async Task<string> BuildAsync(string published, TemporaryFolder folder, string compressor, CancellationToken token)
    {
        string script = Path.Combine(Repository.Require(), "deploy", "debian", "build");
        ToolResult built = await Tool.RunAsync("env", ["DPKG_DEB_COMPRESSOR_TYPE=" + compressor, "sh", script, folder.Path, published], token);
        built.AssertSuccess();
        return Assert.Single(Directory.GetFiles(folder.Path, "*.deb"));
    }

    /// <summary>The same as a later version, in whose configuration something has changed.</summary>
    public static async Task<string> NextAsync(string package, TemporaryFolder folder, CancellationToken token)
    {
        string unpacked = Path.Combine(folder.Path, "next");
        (await Tool.RunAsync("dpkg-deb", ["-R", package, unpacked], token)).AssertSuccess();
        string control = Path.Combine(unpacked, "DEBIAN", "control");
        string[] lines = [.. File.ReadLines(control).Select(line =>
            line.StartsWith("Version:", StringComparison.Ordinal) ? "Version: 99.0.0" : line)];
        File.WriteAllLines(control, lines);
        File.AppendAllText(Path.Combine(unpacked, "etc", "edgegate", "edgegate.json"), "// A new default.\n");
        string next = Path.Combine(folder.Path, "next.deb");
        ToolResult built = await Tool.RunAsync("dpkg-deb", ["-Znone", "--root-owner-group", "--build", unpacked, next], token);
        built.AssertSuccess();
        Directory.Delete(unpacked, recursive: true);
        return next;
    }
}
