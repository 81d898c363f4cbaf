namespace EdgeGate.Configuration;

/// <summary>Finds what a mistyped word was probably meant to be.</summary>
internal static class Nearest
{
    /// <summary>The candidate nearest to the word, or null if none is near enough to be a slip.</summary>
    public static string? To(string word, IEnumerable<string> candidates)
    {
        string? best = null;
        var bestDistance = int.MaxValue;
        foreach (var candidate in candidates)
        {
            var distance = Distance(word, candidate);
            if (distance < bestDistance)
            {
                (best, bestDistance) = (candidate, distance);
            }
        }

        // A third of the letters wrong is a slip; more is another word.
        return best is not null && bestDistance <= Math.Max(1, Math.Min(word.Length, best.Length) / 3) ? best : null;
    }

    /// <summary>" Did you mean 'x'?" or nothing.</summary>
    public static string Hint(string word, IEnumerable<string> candidates) =>
        To(word, candidates) is { } nearest ? $" Did you mean '{nearest}'?" : "";

    // Optimal string alignment: insert, delete, replace, or swap two neighbours, in letters of any case.
    private static int Distance(string one, string two)
    {
        var table = new int[one.Length + 1, two.Length + 1];
        for (var i = 0; i <= one.Length; i++)
        {
            for (var j = 0; j <= two.Length; j++)
            {
                table[i, j] = (i, j) switch
                {
                    (0, _) => j,
                    (_, 0) => i,
                    _ => Step(table, one, two, i, j),
                };
            }
        }

        return table[one.Length, two.Length];
    }

    private static int Step(int[,] table, string one, string two, int i, int j)
    {
        var replace = table[i - 1, j - 1] + (Same(one[i - 1], two[j - 1]) ? 0 : 1);
        var step = Math.Min(replace, 1 + Math.Min(table[i - 1, j], table[i, j - 1]));
        return i > 1 && j > 1 && Same(one[i - 1], two[j - 2]) && Same(one[i - 2], two[j - 1])
            ? Math.Min(step, table[i - 2, j - 2] + 1)
            : step;
    }

    private static bool Same(char one, char two) => char.ToLowerInvariant(one) == char.ToLowerInvariant(two);
}
