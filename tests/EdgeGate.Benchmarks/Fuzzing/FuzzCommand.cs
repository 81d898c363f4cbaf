using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using EdgeGate.Tests.Fuzzing;

namespace EdgeGate.Benchmarks.Fuzzing;

/// <summary>Long runs of the fuzz targets that the unit tests run shortly.</summary>
/// <param name="Inputs">For each target.</param>
/// <param name="Seed">Of the random numbers: another one makes other inputs.</param>
internal sealed record FuzzCommand(int Inputs, int Seed)
{
    internal const string Usage = "fuzz [--inputs N] [--seed N]";

    private static readonly FuzzTarget[] Targets = [new ClientHelloFuzzTarget(), new ProxyHeaderFuzzTarget(), new ResponseFuzzTarget()];

    internal static FuzzCommand? Parse(string[] arguments)
    {
        var command = new FuzzCommand(1_000_000, 1);
        for (int i = 0; i < arguments.Length; i += 2)
        {
            if (i + 1 == arguments.Length
                || !int.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                return null;
            }

            switch (arguments[i])
            {
                case "--inputs":
                    command = command with { Inputs = number };
                    break;
                case "--seed":
                    command = command with { Seed = number };
                    break;
                default:
                    return null;
            }
        }

        return command;
    }

    /// <summary>Runs them all; a failure says its input.</summary>
    internal int Run()
    {
        foreach (FuzzTarget target in Targets)
        {
            long began = Stopwatch.GetTimestamp();
            try
            {
                var results = Fuzzer.Run(target, Inputs, Seed);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{target.Name}: {Inputs:#,0} inputs in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s: {Count(results, OperationStatus.Done)} read, {Count(results, OperationStatus.NeedMoreData)} unfinished, {Count(results, OperationStatus.InvalidData)} refused; nothing failed"));
            }
            catch (InvalidOperationException e)
            {
                Console.WriteLine(e);
                return 1;
            }
        }

        return 0;
    }

    private static string Count(IReadOnlyDictionary<OperationStatus, int> results, OperationStatus status) =>
        results.GetValueOrDefault(status).ToString("#,0", CultureInfo.InvariantCulture);
}
