using EdgeGate.FunctionalTests.Infrastructure;

namespace EdgeGate.FunctionalTests.Policies;

/// <summary>An upstream that answers with the head of the request it got, so that a client sees what was passed on.</summary>
internal static class MirrorUpstream
{
    /// <summary>Starts it; <paramref name="headers"/> are lines of each answer, each with its line end.</summary>
    public static RawUpstream Start(CancellationToken token, string headers = "") => new(
        async connection =>
        {
            while (await connection.ReadHeadAsync() is { } head)
            {
                if (LengthOf(head) is > 0 and var length)
                {
                    await connection.ReadAsync(length);
                }

                await connection.SendAsync($"HTTP/1.1 200 OK\r\n{headers}Content-Length: {head.Length}\r\n\r\n{head}");
            }
        },
        token);

    private static int LengthOf(string head) => head.Split("\r\n")
        .Where(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
        .Select(line => int.Parse(line["Content-Length:".Length..], System.Globalization.CultureInfo.InvariantCulture))
        .FirstOrDefault();
}
