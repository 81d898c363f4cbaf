using System.Diagnostics;

namespace EdgeGate.Benchmarks.Comparison.Peers;

/// <summary>
/// The daemon compiled ahead of time, published into a folder that stays, so that only the first run and those after a
/// change of the sources pay for it.
/// </summary>
internal static class NativeBuild
{
    private static readonly string[] Linkers = ["clang", "gcc"];

    /// <summary>Publishes it.</summary>
    /// <param name="missing">Why there is none.</param>
    /// <returns>The executable; null if it cannot be had here.</returns>
    internal static string? Publish(out string? missing)
    {
        missing = null;
        if (RepositoryRoot() is not { } root)
        {
            missing = "the sources are not where this program was built";
        }
        else if (!Linkers.Any(linker => new Load.Tool(linker, linker).Path is not null))
        {
            missing = "the package clang is not installed";
        }
        else
        {
            // Intermediate files of its own: the ordinary build's would be restored again for each of the two.
            string folder = Path.Combine(root, "artifacts", "native");
            string output = Path.Combine(folder, "edgegate");
            Console.WriteLine($"publishing the native build to {output}; the first time takes minutes");
            missing = Publish(Path.Combine(root, "src", "EdgeGate"), folder, output);
            return missing is null ? Path.Combine(output, "edgegate") : null;
        }

        return null;
    }

    /// <summary>The folder above this program that has the solution in it.</summary>
    internal static string? RepositoryRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "EdgeGate.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName;
    }

    private static string? Publish(string project, string artifacts, string output)
    {
        using Process process = Process.Start(new ProcessStartInfo(
            "dotnet",
            [
                "publish", project, "-c", "Release", "-p:PublishAot=true", "--artifacts-path", artifacts, "-o", output,
                "--nologo", "-v", "quiet", "-nodeReuse:false",
            ])
        {
            RedirectStandardOutput = true,
        })!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? null
            : $"publishing failed: {text.Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.Ordinal)) ?? text}";
    }
}
