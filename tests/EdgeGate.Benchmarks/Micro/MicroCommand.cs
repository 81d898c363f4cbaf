using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace EdgeGate.Benchmarks.Micro;

/// <summary>The micro-benchmarks of the hot paths.</summary>
internal static class MicroCommand
{
    private static readonly TimeSpan BenchmarkLimit = TimeSpan.FromMinutes(2);

    internal static int Run(string[] filters)
    {
        // In this process: the loops, pollers and sockets are the same, and nothing has to be built again.
        Job job = Job.ShortRun.WithToolchain(new InProcessEmitToolchain(BenchmarkLimit, logOutput: true));
        IConfig config = DefaultConfig.Instance.AddJob(job);
        string[] patterns = filters.Length == 0 ? ["*"] : [.. filters.Select(filter => $"*{filter}*")];
        BenchmarkSwitcher.FromAssembly(typeof(MicroCommand).Assembly).Run(["--filter", .. patterns], config);
        return 0;
    }
}
