using System.Text.Json;

namespace EdgeGate.FunctionalTests.Packaging;

/// <summary>What deploy/Dockerfile says: its stages, instruction by instruction.</summary>
internal sealed class Dockerfile
{
    private readonly List<List<(string Name, string Words)>> _stages = [];

    public Dockerfile(string text)
    {
        foreach (string line in text.Replace("\\\n", "", StringComparison.Ordinal).Split('\n'))
        {
            if (line.Length == 0 || line.StartsWith('#'))
            {
                continue;
            }

            string[] parts = line.Split(' ', 2);
            if (parts[0] == "FROM")
            {
                _stages.Add([]);
            }

            _stages[^1].Add((parts[0], parts[1]));
        }
    }

    /// <summary>The instructions that fill the image and not only describe it.</summary>
    public IEnumerable<string> Fills => _stages[^1].Where(i => i.Name is "FROM" or "RUN" or "COPY" or "ADD").Select(i => $"{i.Name} {i.Words}");

    /// <summary>What the first stage runs.</summary>
    public IEnumerable<string> Builds => _stages[0].Where(i => i.Name == "RUN").Select(i => i.Words);

    public string User => Single("USER");

    public string StopSignal => Single("STOPSIGNAL");

    /// <summary>The whole command line.</summary>
    public string[] Command => [.. List(Single("ENTRYPOINT")), .. List(Single("CMD"))];

    /// <summary>What asks whether the container is healthy.</summary>
    public string[] HealthCheck => List(Single("HEALTHCHECK").Split(" CMD ", 2)[1]);

    private string Single(string name) => Assert.Single(_stages[^1], instruction => instruction.Name == name).Words;

    private static string[] List(string json) => JsonSerializer.Deserialize<string[]>(json)!;
}
