using EdgeGate.FunctionalTests.Infrastructure;

namespace EdgeGate.FunctionalTests.CommandLine;

/// <summary>The manual pages, as those who set them judge them.</summary>
public sealed class ManualPageTests : IDisposable
{
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(60));

    public static TheoryData<string> Pages => ["edgegate.8", "edgegate.json.5"];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Mandoc_finds_nothing_to_warn_of(string page)
    {
        string mandoc = await Tool.RequireAsync("mandoc", _deadline.Token);

        ToolResult result = await Tool.RunAsync(mandoc, ["-Tlint", "-Wwarning", PathOf(page)], _deadline.Token);

        result.AssertSuccess();
        Assert.Equal("", result.Output);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Man_sets_it_without_a_warning(string page)
    {
        string man = await Tool.RequireAsync("man", _deadline.Token);

        ToolResult result = await Tool.RunAsync(man, ["--warnings=all", "--local-file", PathOf(page)], _deadline.Token);

        result.AssertSuccess();
        Assert.Equal("", result.Error);
        Assert.Contains("edge", result.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _deadline.Dispose();

    private static string PathOf(string page) => Path.Combine(AppContext.BaseDirectory, "deploy", "man", page);
}
