namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>curl, asked once.</summary>
internal static class Curl
{
    /// <summary>What it writes: the body, and with <c>-i</c> the head before it.</summary>
    public static async Task<string> GetAsync(CancellationToken token, params string[] arguments)
    {
        string curl = await Tool.RequireAsync("curl", token);
        return (await Tool.RunAsync(curl, ["-s", "--max-time", "30", .. arguments], token)).Output;
    }

    /// <summary>The status of the answer; 000 if there was none.</summary>
    public static Task<string> StatusAsync(CancellationToken token, params string[] arguments) =>
        GetAsync(token, ["-o", "/dev/null", "-w", "%{http_code}", .. arguments]);

    /// <summary>A header of an answer that <c>-i</c> showed, or null; fails where there are two.</summary>
    public static string? Header(string head, string name) => head.Split("\r\n")
        .SingleOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
}
