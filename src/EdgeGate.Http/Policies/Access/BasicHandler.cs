using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EdgeGate.Http.Policies.Access;

/// <summary>The Basic scheme (RFC 7617), for which ASP.NET has no handler.</summary>
internal sealed class BasicHandler(IOptionsMonitor<BasicOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<BasicOptions>(options, logger, encoder)
{
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!AuthenticationHeaderValue.TryParse(Request.Headers.Authorization, out AuthenticationHeaderValue? header)
            || !header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) || !TryRead(header.Parameter, out string user, out string password))
        {
            return AuthenticateResult.NoResult();
        }

        switch (await Options.Passwords.VerifyAsync(user, password, Context.RequestAborted))
        {
            case PasswordVerdict.Right:
                var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, user)], Scheme.Name);
                return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name));
            case PasswordVerdict.Busy:
                Context.Features.Set(Refusal.Of(StatusCodes.Status503ServiceUnavailable));
                return AuthenticateResult.Fail("too many passwords wait to be checked");
            default:
                return AuthenticateResult.Fail("the password is wrong, or there is no such user");
        }
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (!Refusal.TryAnswer(Context))
        {
            Response.StatusCode = StatusCodes.Status401Unauthorized;
            Response.Headers.WWWAuthenticate = $"Basic realm=\"{Options.Realm}\", charset=\"UTF-8\"";
        }

        return Task.CompletedTask;
    }

    private static bool TryRead(string? credentials, out string user, out string password)
    {
        (user, password) = ("", "");
        byte[] bytes = new byte[credentials?.Length ?? 0];
        if (!Convert.TryFromBase64String(credentials ?? "", bytes, out int length))
        {
            return false;
        }

        string text = Encoding.UTF8.GetString(bytes, 0, length);
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return false;
        }

        (user, password) = (text[..colon], text[(colon + 1)..]);
        return true;
    }
}
