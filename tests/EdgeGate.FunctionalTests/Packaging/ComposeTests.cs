using EdgeGate.FunctionalTests.Infrastructure;

namespace EdgeGate.FunctionalTests.Packaging;

/// <summary>The Compose file, as docker-compose judges it by the schema of Compose; it needs no engine for that.</summary>
public sealed class ComposeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(2));

    [Fact]
    public async Task Compose_takes_it_and_finds_every_file()
    {
        string compose = await Tool.RequireAsync("docker-compose", _deadline.Token);
        string folder = Path.Combine(Repository.Require(), "deploy");
        string file = Path.Combine(folder, "compose.yaml");

        ToolResult result = await Tool.RunAsync(compose, ["-f", file, "config"], _deadline.Token);

        result.AssertSuccess();
        string[] mounted = [.. result.Output.Split('\n').Select(line => line.Trim())
            .Where(line => line.StartsWith("- " + folder, StringComparison.Ordinal)).Select(line => line[2..].Split(':')[0])];
        Assert.Equal(5, mounted.Length);
        Assert.All(mounted, path => Assert.True(Path.Exists(path), path));
        string bad = _folder.Write("compose.yaml", File.ReadAllText(file).Replace("read_only:", "readonly:", StringComparison.Ordinal));
        Assert.NotEqual(0, (await Tool.RunAsync(compose, ["-f", bad, "config", "-q"], _deadline.Token)).ExitCode);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _deadline.Dispose();
    }
}
