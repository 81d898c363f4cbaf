using EdgeGate.Configuration;

namespace EdgeGate.CommandLine;

/// <summary>What the command line calls once it knows what is wanted. Each gives the process's exit code.</summary>
internal sealed record CommandHandlers
{
    /// <summary>The daemon, on a configuration without errors; true has it take over from the one that runs.</summary>
    public required Func<LoadedConfiguration, bool, CancellationToken, Task<int>> Run { get; init; }

    /// <summary>The daemon on its embedded configuration and upstreams.</summary>
    public required Func<CancellationToken, Task<int>> Demo { get; init; }

    /// <summary>Commands that this build does not have.</summary>
    public static CommandHandlers None { get; } = new()
    {
        Run = (_, _, _) => Task.FromResult(ExitCode.Failed),
        Demo = _ => Task.FromResult(ExitCode.Failed),
    };
}
