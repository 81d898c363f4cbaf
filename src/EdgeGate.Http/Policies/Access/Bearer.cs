using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.Tokens;

namespace EdgeGate.Http.Policies.Access;

/// <summary>ASP.NET's bearer scheme, as a policy wants it.</summary>
internal static class Bearer
{
    public static void Configure(JwtBearerOptions options, JwtAccess policy)
    {
        options.MapInboundClaims = false; // claims keep the names that they have in the token
        options.Authority = policy.Authority;
        options.RequireHttpsMetadata = policy.Authority is not { } authority || !new Uri(authority).IsLoopback;
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidIssuer = policy.Issuer,
            ValidAudience = policy.Audience,
            ValidateAudience = policy.Audience is not null,
            IssuerSigningKeys = policy.Keys is { } keys ? JsonWebKeySet.Create(keys).GetSigningKeys() : null,
            ClockSkew = TimeSpan.FromMinutes(1),
        };
        options.Events = new JwtBearerEvents
        {
            OnAuthenticationFailed = OnFailed,
            OnChallenge = context =>
            {
                if (Refusal.TryAnswer(context.HttpContext))
                {
                    context.HandleResponse();
                }

                return Task.CompletedTask;
            },
        };
    }

    // Where the authority cannot be asked, no token has the signature of a known key; nobody could judge.
    private static async Task OnFailed(AuthenticationFailedContext context)
    {
        try
        {
            if (context.Options.ConfigurationManager is { } authority)
            {
                _ = await authority.GetConfigurationAsync(context.HttpContext.RequestAborted);
            }
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or HttpRequestException)
        {
            context.HttpContext.Features.Set(Refusal.Of(StatusCodes.Status503ServiceUnavailable));
            context.Fail("the authority's keys cannot be fetched");
        }
    }
}
