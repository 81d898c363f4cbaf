using System.Buffers;

namespace EdgeGate.Tests.Fuzzing;

/// <summary>Feeds a target with mutated seeds: the same ones in every run, because its random numbers are.</summary>
internal static class Fuzzer
{
    private const int MaxMutations = 6;
    private const int MaxInputBytes = 32 * 1024;

    // Where lengths and counts go wrong.
    private static readonly byte[] Interesting = [0, 1, 2, 3, 0x10, 0x16, 0x1f, 0x20, 0x21, 0x7f, 0x80, 0xfe, 0xff, (byte)' ', (byte)'\r', (byte)'\n', (byte)':', (byte)'0'];

    /// <summary>Runs a target; throws with the input, in hexadecimal digits, that it failed on.</summary>
    /// <returns>How many inputs gave what.</returns>
    public static IReadOnlyDictionary<OperationStatus, int> Run(FuzzTarget target, int inputs, int seed = 1)
    {
        var random = new Random(seed);
        var results = new Dictionary<OperationStatus, int>();
        foreach (byte[] input in Inputs(target, inputs, seed))
        {
            try
            {
                OperationStatus result = target.Check(input, random);
                results[result] = results.GetValueOrDefault(result) + 1;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException(
                    $"{target.Name}, seed {seed}: {e.Message}\n{Convert.ToHexStringLower(input)}", e);
            }
        }

        return results;
    }

    /// <summary>The inputs themselves.</summary>
    public static IEnumerable<byte[]> Inputs(FuzzTarget target, int inputs, int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < inputs; i++)
        {
            byte[] input = target.Seeds[random.Next(target.Seeds.Count)];
            for (int mutations = random.Next(MaxMutations + 1); mutations > 0; mutations--)
            {
                input = Mutate(input, target.Seeds, random);
            }

            yield return input;
        }
    }

    private static byte[] Mutate(byte[] input, IReadOnlyList<byte[]> seeds, Random random)
    {
        int at = random.Next(input.Length + 1);
        int end = random.Next(at, input.Length + 1);
        switch (random.Next(9))
        {
            case 0:
                return Changed(input, random, static (_, r) => Interesting[r.Next(Interesting.Length)]);
            case 1:
                return Changed(input, random, static (b, r) => (byte)(b ^ (1 << r.Next(8))));
            case 2:
                return Changed(input, random, static (b, r) => (byte)(b + r.Next(-2, 3)));
            case 3:
                return Changed(input, random, static (_, r) => (byte)r.Next(256));
            case 4:
                return input[..at];
            case 5:
                return [.. input[..at], .. input[end..]];
            case 6:
                byte[] inserted = new byte[random.Next(random.Next(16) == 0 ? 4096 : 8)];
                random.NextBytes(inserted);
                return Bounded([.. input[..at], .. inserted, .. input[at..]]);
            case 7:
                return Bounded([.. input[..end], .. input[at..]]);
            default:
                byte[] other = seeds[random.Next(seeds.Count)];
                return Bounded([.. input[..at], .. other[random.Next(other.Length)..]]);
        }
    }

    private static byte[] Bounded(byte[] input) => input.Length > MaxInputBytes ? input[..MaxInputBytes] : input;

    private static byte[] Changed(byte[] input, Random random, Func<byte, Random, byte> change)
    {
        if (input.Length == 0)
        {
            return input;
        }

        byte[] changed = [.. input];
        int at = random.Next(changed.Length);
        changed[at] = change(changed[at], random);
        return changed;
    }
}
