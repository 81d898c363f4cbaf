using EdgeGate.FunctionalTests.Infrastructure;

namespace EdgeGate.FunctionalTests.Packaging;

/// <summary>A clean Debian, made with debootstrap and kept between runs. It is only read.</summary>
internal static class DebianRoot
{
    /// <summary>Finds or makes it, or skips the test with the reason.</summary>
    /// <returns>Its folder.</returns>
    public static async Task<string> RequireAsync(CancellationToken token)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "only root on Linux makes a root file system");
        Assert.SkipUnless(
            File.Exists("/etc/os-release") && File.ReadLines("/etc/os-release").Contains("ID=debian"), "this is not Debian");
        await Tool.RequireAsync("debootstrap", token);
        await Tool.RequireAsync("eatmydata", token);
        ToolResult made = await Tool.RunAsync("sh", [Script("debian-root.sh")], token);
        Assert.SkipUnless(made.ExitCode == 0, $"debootstrap made no root: {made.Error.Trim()}");
        return made.Output.Trim();
    }

    /// <summary>A script that lies beside this class.</summary>
    public static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Packaging", name);
}
