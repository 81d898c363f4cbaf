using System.Net;
using System.Text.Json;

namespace EdgeGate.CommandLine;

/// <summary>What the admin address answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The JSON; undefined where there is none.</param>
internal readonly record struct AdminAnswer(HttpStatusCode Status, JsonElement Body)
{
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>What the daemon says of an error (RFC 9457), or else the status.</summary>
    public string Detail =>
        Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("detail", out JsonElement detail)
            ? detail.GetString() ?? ""
            : $"HTTP status {(int)Status}";
}
