using System.Collections.Immutable;
using EdgeGate.Http.Policies;
using Microsoft.IdentityModel.Tokens;

namespace EdgeGate.Configuration;

/// <summary>Reads <c>Http:Authorization</c>, and the files that it names.</summary>
/// <param name="folder">What a relative file name starts from; null: the current directory.</param>
internal sealed class AccessReader(string? folder)
{
    private static readonly (Kind Kind, string[] Keys)[] Keys =
    [
        (Kind.Basic, ["Realm", "UsersFile"]),
        (Kind.Jwt, ["Authority", "KeysFile", "Issuer", "Audience", "RequiredClaims"]),
        (Kind.Forward, ["Cluster", "Path", "CopyHeaders", "Timeout"]),
    ];

    private readonly List<string> _files = [];

    private enum Kind
    {
        Basic,
        Jwt,
        Forward,
    }

    /// <summary>The files that were read.</summary>
    public IReadOnlyList<string> Files => _files;

    public ImmutableDictionary<string, AccessPolicy> Read(SectionReader section)
    {
        var policies = ImmutableDictionary.CreateBuilder<string, AccessPolicy>(StringComparer.OrdinalIgnoreCase);
        foreach (SectionReader policy in section.Sections())
        {
            if (ReadPolicy(policy) is { } read)
            {
                policies[policy.Name] = read;
            }
        }

        return policies.ToImmutable();
    }

    // Every key is looked at, whatever the kind: what is wrong is wrong, and what does nothing is told.
    private AccessPolicy? ReadPolicy(SectionReader section)
    {
        _ = section.Required("Kind", "\"Basic\"");
        Kind? kind = section.Choice<Kind>("Kind");
        var basic = new BasicAccess { Realm = ReadRealm(section), Users = kind == Kind.Basic ? ReadUsers(section) : [] };
        _ = section.Text("UsersFile");
        JwtAccess jwt = ReadJwt(section, kind == Kind.Jwt);
        ForwardAccess forward = ReadForward(section);
        foreach (string key in Keys.Where(group => group.Kind != kind && kind is not null).SelectMany(group => group.Keys).Where(section.Has))
        {
            section.Warning(key, $"it is not for Kind {kind}, so this key does nothing");
        }

        section.RejectUnknown();
        return kind switch
        {
            Kind.Basic => basic,
            Kind.Jwt => Checked(section, jwt),
            Kind.Forward => Checked(section, forward),
            _ => null,
        };
    }

    private static string ReadRealm(SectionReader section)
    {
        string realm = section.Text("Realm") is { Length: > 0 } text ? text : section.Name;
        if (realm.Any(c => c is '"' or '\\' or < ' ' or > '~'))
        {
            section.Error("Realm", "a realm has only visible characters of ASCII, and neither quotes nor backslashes");
        }

        return realm;
    }

    private Dictionary<string, string> ReadUsers(SectionReader section)
    {
        const string Key = "UsersFile";
        var users = new Dictionary<string, string>(StringComparer.Ordinal);
        string[] lines = ReadFile(section, Key, "\"users\"")?.Split('\n', StringSplitOptions.TrimEntries) ?? [];
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i] is "" or ['#', ..])
            {
                continue;
            }

            if (lines[i].Split(':', 2) is not [{ Length: > 0 } name, var hash] || !IsBcrypt(hash))
            {
                section.Error(Key, $"line {i + 1} is not a user and a bcrypt hash; make it with: htpasswd -B FILE USER");
            }
            else if (!users.TryAdd(name, hash))
            {
                section.Error(Key, $"line {i + 1}: there is a user '{name}' already");
            }
        }

        return users;
    }

    private static bool IsBcrypt(string hash)
    {
        try
        {
            return hash.Length == 60 && BCrypt.Net.BCrypt.InterrogateHash(hash) is not null;
        }
        catch (Exception e) when (e is BCrypt.Net.HashInformationException or ArgumentException)
        {
            return false;
        }
    }

    private JwtAccess ReadJwt(SectionReader section, bool withKeys)
    {
        string? authority = NonEmpty(section.Text("Authority"));
        if (authority is not null && !IsAuthority(authority))
        {
            section.Error("Authority", $"'{authority}' is not an https:// URL (http:// only of this machine)");
        }

        _ = section.Text("KeysFile");
        return new JwtAccess
        {
            Authority = authority,
            Keys = withKeys && section.Has("KeysFile") ? ReadKeys(section) : null,
            Issuer = NonEmpty(section.Text("Issuer")),
            Audience = NonEmpty(section.Text("Audience")),
            RequiredClaims = section.Map("RequiredClaims"),
        };
    }

    private static JwtAccess Checked(SectionReader section, JwtAccess policy)
    {
        if (policy.Authority is null == !section.Has("KeysFile"))
        {
            section.Error("KeysFile", "write either Authority, which is asked for keys, or KeysFile, a JSON Web Key Set");
        }
        else if (policy.Authority is null && policy.Issuer is null)
        {
            section.Error("Issuer", "with a KeysFile nobody says who issues the tokens; write it, such as \"https://login.example.com/\"");
        }

        if (policy.Audience is null)
        {
            section.Warning("Audience", "tokens of this issuer are taken for whomever they were made; write whom they must be for");
        }

        return policy;
    }

    private static bool IsAuthority(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && (uri.Scheme == "https" || (uri.Scheme == "http" && uri.IsLoopback));

    private string? ReadKeys(SectionReader section)
    {
        string? text = ReadFile(section, "KeysFile", "\"keys.json\"");
        try
        {
            if (text is not null && JsonWebKeySet.Create(text).GetSigningKeys().Count == 0)
            {
                section.Error("KeysFile", "the set holds no key that a signature can be checked with");
            }
        }
        catch (Exception e) when (e is ArgumentException or FormatException or System.Text.Json.JsonException)
        {
            section.Error("KeysFile", $"not a JSON Web Key Set: {(e.InnerException ?? e).Message}");
        }

        return text;
    }

    private static ForwardAccess ReadForward(SectionReader section)
    {
        var policy = new ForwardAccess
        {
            Cluster = section.Text("Cluster") ?? "",
            Path = section.Text("Path") ?? "",
            CopyHeaders = section.List("CopyHeaders"),
        };
        if (policy.Path is { Length: > 0 } and not ['/', ..])
        {
            section.Error("Path", $"'{policy.Path}' does not begin with a slash");
        }

        return policy with { Timeout = section.Time("Timeout") ?? policy.Timeout };
    }

    private static ForwardAccess Checked(SectionReader section, ForwardAccess policy)
    {
        _ = section.Required("Cluster", "\"auth\"");
        _ = section.Required("Path", "\"/verify\"");
        return policy;
    }

    private string? ReadFile(SectionReader section, string key, string example)
    {
        if (section.Required(key, example) is not { Length: > 0 } text)
        {
            return null;
        }

        string file = GatewayReader.Resolve(text, folder);
        _files.Add(file);
        if (TlsFiles.WhyUnreadable(file) is { } why)
        {
            section.Error(key, why);
            return null;
        }

        return File.ReadAllText(file);
    }

    private static string? NonEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
