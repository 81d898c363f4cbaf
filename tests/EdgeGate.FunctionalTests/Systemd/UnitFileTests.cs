using System.Globalization;
using System.Text.RegularExpressions;
using EdgeGate.FunctionalTests.Infrastructure;

namespace EdgeGate.FunctionalTests.Systemd;

/// <summary>The unit files, as systemd itself judges them.</summary>
public sealed class UnitFileTests : IDisposable
{
    private const double MostExposed = 2.0; // of 10; systemd calls a service below 2.1 or so well protected

    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(60));

    [Theory]
    [InlineData("edgegate.service")]
    [InlineData("edgegate.socket")]
    public async Task Systemd_finds_nothing_wrong(string unit)
    {
        string analyze = await Tool.RequireAsync("systemd-analyze", _deadline.Token);
        CopyUnits();

        ToolResult result = await Tool.RunAsync(analyze, ["verify", Path.Combine(_folder.Path, unit)], _deadline.Token);

        result.AssertSuccess();
        Assert.Equal("", result.Output + result.Error);
    }

    [Fact]
    public async Task The_service_is_well_protected()
    {
        string analyze = await Tool.RequireAsync("systemd-analyze", _deadline.Token);
        CopyUnits();

        ToolResult result = await Tool.RunAsync(
            analyze, ["security", "--offline=true", "--no-pager", Path.Combine(_folder.Path, "edgegate.service")], _deadline.Token);

        result.AssertSuccess();
        Match exposure = Regex.Match(result.Output, @"Overall exposure level for edgegate\.service: ([0-9.]+)");
        Assert.True(exposure.Success, result.Output);
        Assert.InRange(double.Parse(exposure.Groups[1].Value, CultureInfo.InvariantCulture), 0, MostExposed);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _deadline.Dispose();
    }

    /// <summary>Copies the units with a program that is there, because systemd looks for the one that they start.</summary>
    private void CopyUnits()
    {
        string units = Path.Combine(AppContext.BaseDirectory, "systemd");
        foreach (string file in Directory.GetFiles(units, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(_folder.Path, Path.GetRelativePath(units, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.WriteAllText(
                copy,
                File.ReadAllText(file).Replace("/usr/lib/edgegate/edgegate", "/usr/bin/true", StringComparison.Ordinal));
        }
    }
}
