using System.Security.Cryptography;
using EdgeGate.FunctionalTests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace EdgeGate.FunctionalTests.Policies;

/// <summary>One daemon whose routes want a password, a token or an authentication server's word, before a mirror.</summary>
public sealed class AccessFixture : IAsyncLifetime
{
    public const string Issuer = "https://login.example/";

    private readonly TemporaryFolder _folder = new();
    private readonly RawUpstream _mirror = MirrorUpstream.Start(CancellationToken.None);
    private readonly RSA _rsa = RSA.Create(2048);
    private AppUpstream? _server;
    private DaemonProcess? _daemon;

    internal DaemonConfiguration Configuration { get; } = new();

    internal DaemonProcess Daemon => _daemon!;

    internal Uri Web { get; private set; } = null!;

    private RsaSecurityKey Key => new(_rsa) { KeyId = "one" };

    private string Keys
    {
        get
        {
            RSAParameters key = _rsa.ExportParameters(includePrivateParameters: false);
            string n = Base64UrlEncoder.Encode(key.Modulus);
            string e = Base64UrlEncoder.Encode(key.Exponent);
            return $$"""{ "keys": [ { "kty": "RSA", "use": "sig", "kid": "one", "alg": "RS256", "n": "{{n}}", "e": "{{e}}" } ] }""";
        }
    }

    public async ValueTask InitializeAsync()
    {
        _server = await AppUpstream.StartAsync(Map);
        Web = Configuration.Proxy("open", _mirror.Address);
        Configuration.Cluster("auth", _server.Address.ToString());
        Configuration.Cluster("gone", $"http://127.0.0.1:{Ports.Free()}");
        foreach (string policy in (string[])["basic", "jwt", "oidc", "oidcgone", "sso", "ssofails", "ssogone", "ssoslow"])
        {
            Configuration.Route(policy, $"/{policy}/{{**rest}}", "open", $$"""{ "AuthorizationPolicy": "{{policy}}" }""");
        }

        string htpasswd = await Tool.RequireAsync("htpasswd", CancellationToken.None);
        ToolResult alice = await Tool.RunAsync(htpasswd, ["-nbB", "-C", "6", "alice", "open:sesame"], CancellationToken.None);
        string users = _folder.Write("users", "# made by htpasswd\n" + alice.Output);
        Configuration.With("Http", $$"""
            {
              "ErrorPages": { "401": { "HtmlFile": "{{_folder.Write("401.html", "<h1>who?</h1>")}}" } },
              "Authorization": {
                "basic": { "Kind": "Basic", "Realm": "the back door", "UsersFile": "{{users}}" },
                "jwt": { "Kind": "Jwt", "KeysFile": "{{_folder.Write("keys.json", Keys)}}", "Issuer": "{{Issuer}}", "Audience": "shop",
                         "RequiredClaims": { "scope": "read" } },
                "oidc": { "Kind": "Jwt", "Authority": "{{_server.Address}}", "Audience": "shop" },
                "oidcgone": { "Kind": "Jwt", "Authority": "http://127.0.0.1:{{Ports.Free()}}", "Audience": "shop" },
                "sso": { "Kind": "Forward", "Cluster": "auth", "Path": "/verify", "CopyHeaders": ["X-User", "X-Role"] },
                "ssofails": { "Kind": "Forward", "Cluster": "auth", "Path": "/fails" },
                "ssogone": { "Kind": "Forward", "Cluster": "gone", "Path": "/verify" },
                "ssoslow": { "Kind": "Forward", "Cluster": "auth", "Path": "/slow", "Timeout": "00:00:01" }
              }
            }
            """);
        _daemon = await DaemonProcess.StartAsync(Configuration);
    }

    public async ValueTask DisposeAsync()
    {
        await (_daemon?.DisposeAsync() ?? default);
        await (_server?.DisposeAsync() ?? default);
        _mirror.Dispose();
        _rsa.Dispose();
        _folder.Dispose();
    }

    /// <summary>A token with a signature that is right, unless another key is given.</summary>
    internal string Token(
        string issuer = Issuer, string audience = "shop", string scope = "read write", int minutes = 10, SecurityKey? key = null)
    {
        DateTime now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            NotBefore = now.AddMinutes(-60),
            Expires = now.AddMinutes(minutes),
            Claims = new Dictionary<string, object> { ["sub"] = "alice", ["scope"] = scope },
            SigningCredentials = new SigningCredentials(key ?? Key, SecurityAlgorithms.RsaSha256),
        });
    }

    // An authentication server, and the discovery document of an OpenID provider.
    private void Map(WebApplication app)
    {
        app.Map("/verify", (HttpContext context) =>
        {
            IHeaderDictionary asked = context.Request.Headers;
            switch (context.Request.Cookies["session"])
            {
                case "alice" when context.Request.Method == "GET" && asked["X-Original-URI"] == "/sso/a%252Fb?x=1" // as YARP forwards it
                    && asked["X-Forwarded-Method"] == "PUT" && asked["X-Forwarded-For"] == "127.0.0.1":
                    context.Response.Headers["X-User"] = "alice";
                    context.Response.Headers["X-Other"] = "not copied";
                    return Results.Text("welcome");
                case "forbidden":
                    return Results.StatusCode(403);
                case "login":
                    context.Response.Headers.SetCookie = "state=1";
                    return Results.Redirect("https://login.example/?next=" + asked["X-Original-URI"]);
                default:
                    context.Response.Headers.WWWAuthenticate = "Bearer realm=\"sso\"";
                    return Results.StatusCode(401);
            }
        });
        app.Map("/fails", () => Results.StatusCode(500));
        app.Map("/slow", async (HttpContext context) => await Task.Delay(Timeout.Infinite, context.RequestAborted));
        app.Map("/.well-known/openid-configuration", (HttpContext context) =>
        {
            string here = $"http://{context.Request.Host}";
            return Results.Text($$"""{ "issuer": "{{Issuer}}", "jwks_uri": "{{here}}/keys" }""", "application/json");
        });
        app.Map("/keys", () => Results.Text(Keys, "application/json"));
    }
}
