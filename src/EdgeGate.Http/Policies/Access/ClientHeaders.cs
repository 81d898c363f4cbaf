using Microsoft.AspNetCore.Http;

namespace EdgeGate.Http.Policies.Access;

/// <summary>
/// Headers that clients may not send, because an authentication server says them. A spelling that an application may take
/// for the same is one: CGI (RFC 3875, section 4.1.18) and its heirs know X_User and X-User by one name.
/// </summary>
internal static class ClientHeaders
{
    /// <summary>Removes those of some names, in every spelling.</summary>
    public static void Remove(IHeaderDictionary headers, IReadOnlyCollection<string> names)
    {
        List<string>? forged = null;
        foreach (var (name, _) in headers)
        {
            if (names.Contains(name, StringComparer.OrdinalIgnoreCase)
                || (name.Contains('_', StringComparison.Ordinal) && names.Contains(Fold(name), StringComparer.OrdinalIgnoreCase)))
            {
                (forged ??= []).Add(name);
            }
        }

        forged?.ForEach(name => headers.Remove(name));
    }

    /// <summary>A name as those know it who tell no underscore from a hyphen.</summary>
    public static string Fold(string name) => name.Replace('_', '-');
}
