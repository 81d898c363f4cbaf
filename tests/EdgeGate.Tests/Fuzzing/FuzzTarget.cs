using System.Buffers;

namespace EdgeGate.Tests.Fuzzing;

/// <summary>A parser under mutated input, and what must hold of it whatever the input is.</summary>
internal abstract class FuzzTarget
{
    /// <summary>Its name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>Inputs to begin with, each well formed.</summary>
    public abstract IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>Parses; throws where something that must hold does not.</summary>
    /// <param name="input">The input.</param>
    /// <param name="random">Chooses what is looked at, where looking at everything would take too long.</param>
    public abstract OperationStatus Check(byte[] input, Random random);

    /// <summary>
    /// More bytes never change a decision, and none is made before its time: prefixes are undecided, then decided as the
    /// whole is. One input in sixteen is fed byte by byte, of the others some prefixes are looked at.
    /// </summary>
    /// <param name="input">The whole input.</param>
    /// <param name="whole">What the whole gives.</param>
    /// <param name="parse">Parses the first so many bytes; says whether what it found is what the whole has.</param>
    /// <param name="random">Chooses the prefixes.</param>
    protected static void CheckPrefixes(
        byte[] input, OperationStatus whole, Func<int, (OperationStatus Status, bool Same)> parse, Random random)
    {
        bool all = random.Next(16) == 0;
        bool decided = false;
        for (int length = 0; length < input.Length; length += all ? 1 : 1 + random.Next(input.Length))
        {
            (OperationStatus status, bool same) = parse(length);
            if (status == OperationStatus.NeedMoreData)
            {
                Require(!decided, $"{length} bytes take a decision back");
                continue;
            }

            decided = true;
            Require(status == whole && same, $"{length} bytes give {status}, all of them {whole}, or not the same");
        }
    }

    /// <summary>Throws unless it holds.</summary>
    protected static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException(what);
        }
    }

    /// <summary>The seeds whose file names begin so.</summary>
    public static IReadOnlyList<byte[]> Read(string prefix)
    {
        var assembly = typeof(FuzzTarget).Assembly;
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("Seeds/" + prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return Convert.FromHexString(string.Concat(reader.ReadToEnd().Split('\n', '\r')));
            })];
    }
}
