using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeGate.Http.Policies.Access;

/// <summary>
/// ASP.NET's authentication and authorization: a scheme and a policy of the same name for each policy that is configured.
/// They are services of their own, so that a reload makes others, and only requests whose route names one come here.
/// </summary>
internal sealed class AccessControl : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly List<Passwords> _passwords = [];

    public AccessControl(IReadOnlyDictionary<string, AccessPolicy> policies, PolicyServices around)
    {
        var services = new ServiceCollection()
            .AddSingleton(around.Logs).AddLogging()
            .AddSingleton<EndpointDataSource>(new DefaultEndpointDataSource()) // for a cache of policies, which ends with this
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()); // ASP.NET would read more schemes there
        AuthenticationBuilder schemes = services.AddAuthentication();
        foreach (var (name, policy) in policies)
        {
            AddScheme(schemes, name, policy, around);
        }

        services.AddAuthorization(options =>
        {
            foreach (var (name, policy) in policies)
            {
                options.AddPolicy(name, builder => Require(builder.AddAuthenticationSchemes(name).RequireAuthenticatedUser(), policy));
            }

            options.DefaultPolicy = options.GetPolicy("Default") ?? options.DefaultPolicy; // YARP has no other name for it
        });
        _services = services.BuildServiceProvider();
    }

    public RequestDelegate Use(RequestDelegate next)
    {
        var app = new ApplicationBuilder(_services);
        app.UseAuthorization();
        app.Run(next);
        RequestDelegate guarded = app.Build();
        return context => context.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>() is null ? next(context) : RunAsync(context, guarded);
    }

    public ValueTask DisposeAsync()
    {
        _passwords.ForEach(passwords => passwords.Dispose());
        return _services.DisposeAsync();
    }

    private void AddScheme(AuthenticationBuilder schemes, string name, AccessPolicy policy, PolicyServices around)
    {
        switch (policy)
        {
            case BasicAccess basic:
                var passwords = new Passwords(basic.Users);
                _passwords.Add(passwords);
                schemes.AddScheme<BasicOptions, BasicHandler>(name, options => (options.Realm, options.Passwords) = (basic.Realm, passwords));
                break;
            case JwtAccess jwt:
                schemes.AddJwtBearer(name, options => Bearer.Configure(options, jwt));
                break;
            case ForwardAccess forward:
                schemes.AddScheme<ForwardOptions, ForwardHandler>(
                    name, options => (options.Policy, options.Clusters) = (forward, around.Clusters));
                break;
        }
    }

    private static void Require(AuthorizationPolicyBuilder builder, AccessPolicy policy)
    {
        foreach (var (type, value) in (policy as JwtAccess)?.RequiredClaims ?? new Dictionary<string, string>())
        {
            builder.RequireAssertion(context => context.User.Claims.Any(claim => Says(claim, type, value)));
        }
    }

    private static bool Says(Claim claim, string type, string value) =>
        claim.Type == type && (claim.Value == value || claim.Value.Split(' ').Contains(value, StringComparer.Ordinal));

    // They find each other among the services of the request.
    private async Task RunAsync(HttpContext context, RequestDelegate guarded)
    {
        IServiceProvider services = context.RequestServices;
        await using AsyncServiceScope scope = _services.CreateAsyncScope();
        context.RequestServices = scope.ServiceProvider;
        try
        {
            await guarded(context);
        }
        finally
        {
            context.RequestServices = services;
        }
    }
}
