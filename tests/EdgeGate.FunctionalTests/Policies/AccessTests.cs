using System.Security.Cryptography;
using EdgeGate.FunctionalTests.Daemon;
using EdgeGate.FunctionalTests.Infrastructure;
using Microsoft.IdentityModel.Tokens;

namespace EdgeGate.FunctionalTests.Policies;

/// <summary>Passwords, tokens and authentication servers before routes, tried by curl on a running daemon.</summary>
public sealed class AccessTests(AccessFixture edge) : DaemonTests, IClassFixture<AccessFixture>
{
    [Fact]
    public async Task A_route_that_names_no_policy_is_open() => Assert.Equal("200", await StatusAsync("/open"));

    [Fact]
    public async Task A_user_that_htpasswd_has_made_comes_in_with_the_password_and_nobody_else()
    {
        Assert.Equal("200", await StatusAsync("/basic/x", "-u", "alice:open:sesame"));
        Assert.Equal("200", await StatusAsync("/basic/x", "-u", "alice:open:sesame")); // this time from memory
        Assert.Equal("401", await StatusAsync("/basic/x", "-u", "alice:open:sesamE"));
        Assert.Equal("401", await StatusAsync("/basic/x", "-u", "bob:open:sesame"));
        Assert.Equal("401", await StatusAsync("/basic/x", "-u", "alice:"));
        Assert.Equal("401", await StatusAsync("/basic/x", "-H", "Authorization: Basic !!!"));
        Assert.Equal("401", await StatusAsync("/basic/x", "-H", "Authorization: Basic YWxpY2U=")); // no colon
        Assert.Equal("401", await StatusAsync("/basic/x", "-H", "Authorization: Bearer alice"));
    }

    [Fact]
    public async Task Whoever_is_not_let_in_is_told_how_and_sees_the_page()
    {
        string answer = await GetAsync("/basic/x", "-i");

        Assert.StartsWith("HTTP/1.1 401", answer);
        Assert.Equal("Basic realm=\"the back door\", charset=\"UTF-8\"", Curl.Header(answer, "WWW-Authenticate"));
        Assert.EndsWith("<h1>who?</h1>", answer);
    }

    [Theory]
    [InlineData("jwt")]
    [InlineData("oidc")]
    public async Task A_token_is_taken_that_is_signed_by_a_known_key_for_this_audience_in_time(string policy)
    {
        using RSA stranger = RSA.Create(2048);
        string path = $"/{policy}/x";

        Assert.Equal("200", await StatusAsync(path, "-H", "Authorization: Bearer " + edge.Token()));
        Assert.Equal("401", await StatusAsync(path));
        Assert.Equal("401", await StatusAsync(path, "-H", "Authorization: Bearer junk"));
        Assert.Equal("401", await StatusAsync(path, "-H", "Authorization: Bearer a.b.c"));
        Assert.Equal("401", await StatusAsync(path, "-H", "Authorization: Bearer " + edge.Token(issuer: "https://evil.example/")));
        Assert.Equal("401", await StatusAsync(path, "-H", "Authorization: Bearer " + edge.Token(audience: "bank")));
        Assert.Equal("401", await StatusAsync(path, "-H", "Authorization: Bearer " + edge.Token(minutes: -10)));
        Assert.Equal("401", await StatusAsync(
            path, "-H", "Authorization: Bearer " + edge.Token(key: new RsaSecurityKey(stranger) { KeyId = "one" })));
    }

    [Fact]
    public async Task A_token_without_its_signature_is_no_token()
    {
        string[] parts = edge.Token().Split('.');
        string none = Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""");

        Assert.Equal("401", await StatusAsync("/jwt/x", "-H", $"Authorization: Bearer {none}.{parts[1]}."));
        Assert.Equal("401", await StatusAsync("/jwt/x", "-H", $"Authorization: Bearer {parts[0]}.{parts[1]}."));
    }

    [Fact]
    public async Task A_token_that_does_not_say_what_is_required_is_forbidden()
    {
        Assert.Equal("403", await StatusAsync("/jwt/x", "-H", "Authorization: Bearer " + edge.Token(scope: "write")));
        Assert.Equal("403", await StatusAsync("/jwt/x", "-H", "Authorization: Bearer " + edge.Token(scope: "reader")));
    }

    [Fact]
    public async Task An_authority_that_cannot_be_asked_leaves_the_door_shut() =>
        Assert.Equal("503", await StatusAsync("/oidcgone/x", "-H", "Authorization: Bearer " + edge.Token()));

    [Fact]
    public async Task An_authentication_server_lets_in_and_names_the_user_which_a_client_cannot()
    {
        string seen = await GetAsync(
            "/sso/a%2Fb?x=1", "-X", "PUT", "-b", "session=alice", "-d", "body",
            "-H", "Connection: close, X-User, X-Role", "-H", "X-User: admin", "-H", "x-role: admin", "-H", "X_User: admin", "-H", "X-Original-URI: /harmless", "-H", "X-Forwarded-For: 6.6.6.6");

        Assert.StartsWith("PUT /sso/a", seen);
        Assert.Equal("alice", Curl.Header(seen, "X-User"));
        Assert.Null(Curl.Header(seen, "X-Role"));
        Assert.Null(Curl.Header(seen, "X_User"));
        Assert.Null(Curl.Header(seen, "X-Other"));
        Assert.Equal("4", Curl.Header(seen, "Content-Length"));
    }

    [Theory]
    [InlineData("/open/../sso/x")]
    [InlineData("/open/%2e%2e/sso/x")]
    public async Task An_authentication_server_is_asked_about_the_path_that_is_forwarded(string path)
    {
        string login = await GetAsync(path, "-i", "--path-as-is", "-b", "session=login");

        Assert.Equal("https://login.example/?next=/sso/x", Curl.Header(login, "Location"));
    }

    [Fact]
    public async Task Nobody_says_who_a_user_is_where_no_authentication_server_is_asked()
    {
        string seen = await GetAsync("/open", "-H", "X-User: admin", "-H", "x_role: admin", "-H", "X_Forwarded_For: 6.6.6.6");

        Assert.Null(Curl.Header(seen, "X-User"));
        Assert.Null(Curl.Header(seen, "X_Role"));
        Assert.Null(Curl.Header(seen, "X_Forwarded_For"));
    }

    [Fact]
    public async Task What_an_authentication_server_refuses_with_reaches_the_client()
    {
        string unknown = await GetAsync("/sso/x", "-i");
        string login = await GetAsync("/sso/x", "-i", "-b", "session=login");

        Assert.StartsWith("HTTP/1.1 401", unknown);
        Assert.Equal("Bearer realm=\"sso\"", Curl.Header(unknown, "WWW-Authenticate"));
        Assert.StartsWith("HTTP/1.1 302", login);
        Assert.Equal("https://login.example/?next=/sso/x", Curl.Header(login, "Location"));
        Assert.Equal("state=1", Curl.Header(login, "Set-Cookie"));
        Assert.Equal("403", await StatusAsync("/sso/x", "-b", "session=forbidden"));
    }

    [Fact]
    public async Task An_authentication_server_that_gives_no_verdict_leaves_the_door_shut()
    {
        Assert.Equal("502", await StatusAsync("/ssofails/x", "-b", "session=alice"));
        Assert.Equal("502", await StatusAsync("/ssogone/x", "-b", "session=alice"));
        Assert.Equal("504", await StatusAsync("/ssoslow/x", "-b", "session=alice"));
        await edge.Daemon.SaysAsync("answered 500, which is no verdict");
    }

    private string At(string path) => edge.Web.GetLeftPart(UriPartial.Authority) + path;

    private Task<string> StatusAsync(string path, params string[] arguments) => Curl.StatusAsync(Token, [.. arguments, At(path)]);

    private Task<string> GetAsync(string path, params string[] arguments) => Curl.GetAsync(Token, [.. arguments, At(path)]);
}
