using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace EdgeGate.Http.Policies.Access;

/// <summary>
/// What a request is answered that is not let through, where that is not the scheme's own challenge: nobody could judge, or
/// an authentication server has said it. A feature of the request from the judgement to the answer.
/// </summary>
/// <param name="Status">The status.</param>
/// <param name="Headers">The headers that go with it.</param>
internal sealed record Refusal(int Status, IReadOnlyList<KeyValuePair<string, StringValues>> Headers)
{
    public static Refusal Of(int status) => new(status, []);

    /// <summary>Answers what was decided; false where nothing was.</summary>
    public static bool TryAnswer(HttpContext context)
    {
        if (context.Features.Get<Refusal>() is not { } refusal)
        {
            return false;
        }

        context.Response.StatusCode = refusal.Status;
        foreach (var (name, values) in refusal.Headers)
        {
            context.Response.Headers[name] = values;
        }

        return true;
    }
}
