using System.Globalization;
using EdgeGate.Benchmarks.Comparison;
using EdgeGate.Benchmarks.Comparison.Peers;
using EdgeGate.Benchmarks.Comparison.Upstream;
using EdgeGate.Benchmarks.Constants;
using EdgeGate.Benchmarks.Fuzzing;
using EdgeGate.Benchmarks.Micro;
using EdgeGate.Benchmarks.Observation;

namespace EdgeGate.Benchmarks;

internal static class Program
{
    private const int WrongUsage = 2;

    private static async Task<int> Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["compare", .. var rest]:
                return Compare(rest);
            case ["micro", .. var filters]:
                return MicroCommand.Run(filters);
            case ["allocations"]:
                return AllocationProof.Run();
            case ["constants", .. var rest] when ConstantsCommand.Parse(rest) is { } constants:
                return constants.Run();
            case ["fuzz", .. var rest] when FuzzCommand.Parse(rest) is { } fuzz:
                return fuzz.Run();

            case ["observe"]:
                return await ObserveCommand.RunAsync(repetitions: 7);
            case ["observe", var repetitions]:
                return await ObserveCommand.RunAsync(Number(repetitions));

            // What compare starts.
            case [UpstreamServer.Command, var echo, var source, var http, var datagrams, var counter]:
                return await UpstreamServer.RunAsync(new UpstreamPorts(
                    Number(echo), Number(source), Number(http), Number(datagrams), Number(counter)));
            case [StockServer.Command, .. var rest]:
                return await StockServer.RunAsync(rest);
            default:
                await Console.Error.WriteLineAsync($"usage: {ComparisonOptions.Usage}\n       micro [FILTER...]\n       allocations\n       {ConstantsCommand.Usage}\n       {FuzzCommand.Usage}\n       {ObserveCommand.Usage}");
                return WrongUsage;
        }
    }

    private static int Compare(string[] arguments)
    {
        if (ComparisonOptions.Parse(arguments, out string? error) is { } options)
        {
            return CompareCommand.Run(options);
        }

        Console.Error.WriteLine($"compare: {error}\nusage: {ComparisonOptions.Usage}\n{ComparisonOptions.KnownNames}");
        return WrongUsage;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
