using EdgeGate.Http.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace EdgeGate.Http;

/// <summary>
/// The headers by which upstreams know a client's certificate. Only the gateway writes them: what a client sends under
/// such a name, on whichever listener, is removed (RFC 9440, section 2.4), and so is what an upstream may take for one,
/// because in CGI and its descendants (RFC 3875, section 4.1.18) an underscore and a hyphen are the same.
/// </summary>
public static class ClientIdentityHeaders
{
    private const string Forwarded = "x-forwarded";

    // With what follows after a hyphen. Those without x- are what the ingress controller of nginx writes.
    private static readonly string[] Reserved =
        ["client-cert", "x-client-cert", "x-forwarded-client-cert", "ssl-client", "x-ssl-client", "x-ssl-cert"];

    /// <summary>
    /// Removes forged ones from each request, and sets those that the listener asks for. It belongs before everything that
    /// reads headers.
    /// </summary>
    public static IApplicationBuilder UseClientIdentity(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        return app.Use(next => context =>
        {
            RemoveForged(context.Request.Headers);
            context.Features.Get<ClientIdentity>()?.Set(context);
            return next(context);
        });
    }

    /// <summary>Whether a header's name, however it is spelled, is one that only the gateway writes.</summary>
    internal static bool IsReserved(ReadOnlySpan<char> name)
    {
        // Every header of every request comes by here, and next to none begins like this.
        if (name.IsEmpty || (name[0] | 0x20) is not ('c' or 'x' or 's'))
        {
            return false;
        }

        foreach (string reserved in Reserved)
        {
            if (name.Length >= reserved.Length && IsSpelled(name[..reserved.Length], reserved)
                && (name.Length == reserved.Length || Fold(name[reserved.Length]) == '-'))
            {
                return true;
            }
        }

        return false;
    }

    private static void RemoveForged(IHeaderDictionary headers)
    {
        List<string>? forged = null;
        foreach (var (name, _) in headers)
        {
            if (IsReserved(name) || IsForwardedByAnotherName(name))
            {
                (forged ??= []).Add(name);
            }
        }

        forged?.ForEach(name => headers.Remove(name));
    }

    // YARP writes over X-Forwarded-For and its like, and does not know them by X_Forwarded_For.
    private static bool IsForwardedByAnotherName(string name) =>
        name.Length > Forwarded.Length && (name[0] | 0x20) == 'x' && IsSpelled(name.AsSpan(0, Forwarded.Length), Forwarded)
        && name.Contains('_', StringComparison.Ordinal);

    private static bool IsSpelled(ReadOnlySpan<char> name, string reserved)
    {
        for (int i = 0; i < reserved.Length; i++)
        {
            if (Fold(name[i]) != reserved[i])
            {
                return false;
            }
        }

        return true;
    }

    // A header's name has letters, digits and marks (RFC 9110, section 5.6.2), and marks are what others make one of.
    private static char Fold(char c) => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-';
}
