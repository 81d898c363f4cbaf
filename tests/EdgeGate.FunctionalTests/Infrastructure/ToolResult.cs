namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>How a program ended, and what it said.</summary>
internal sealed record ToolResult(int ExitCode, string Output, string Error)
{
    public void AssertSuccess() => Assert.True(ExitCode == 0, $"exit code {ExitCode}\n{Output}\n{Error}");
}
