using System.Diagnostics;

namespace EdgeGate.Tests.Transport;

/// <summary>
/// Runs <see cref="DescriptorShortageTests"/> in a child process. The runtime opens a pipe for each thread that it
/// starts and ends the process when it cannot, so the child compiles and collects without threads of their own.
/// </summary>
public sealed class DescriptorShortageProcessTests
{
    [Fact]
    public async Task Shortage_of_descriptors_in_a_process_of_its_own()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the table is filled with Linux's means");
        var start = new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "EdgeGate.Tests"),
            ["-class", typeof(DescriptorShortageTests).FullName!, "-explicit", "only", "-noColor"])
        {
            RedirectStandardOutput = true,
            Environment = { ["DOTNET_TieredCompilation"] = "0", ["DOTNET_gcConcurrent"] = "0" },
        };
        using Process child = Process.Start(start)!;
        string output = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);

        int tests = typeof(DescriptorShortageTests).GetMethods()
            .Count(method => method.IsDefined(typeof(FactAttribute), inherit: false));
        Assert.True(child.ExitCode == 0, output);
        Assert.Contains($"Total: {tests}, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0", output, StringComparison.Ordinal);
    }
}
