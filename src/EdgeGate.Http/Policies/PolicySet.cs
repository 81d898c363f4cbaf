using Microsoft.AspNetCore.Http;

namespace EdgeGate.Http.Policies;

/// <summary>One set of policies at work: two stretches of the pipeline, one before a route is chosen and one after.</summary>
internal sealed class PolicySet
{
    /// <param name="policies">What is asked for.</param>
    /// <param name="services">What the parts need.</param>
    /// <param name="route">What follows the first stretch: routing.</param>
    /// <param name="forward">What follows the second: YARP.</param>
    public PolicySet(HttpPolicies policies, PolicyServices services, RequestDelegate route, RequestDelegate forward)
    {
        BeforeRouting = Chain(
            route,
            policies.TrustedProxies.IsEmpty ? null : next => new TrustedProxies(policies.TrustedProxies, services.Logs, next).InvokeAsync);
        AfterRouting = Chain(
            forward,
            policies.HttpsRedirect is not { } redirect ? null : next => new HttpsRedirect(redirect, services.ListenerOf, next).InvokeAsync,
            policies.Hsts is not { } hsts ? null : next => new Hsts(hsts, next).InvokeAsync);
    }

    public RequestDelegate BeforeRouting { get; }

    public RequestDelegate AfterRouting { get; }

    private static RequestDelegate Chain(RequestDelegate last, params Func<RequestDelegate, RequestDelegate>?[] steps) =>
        steps.Reverse().OfType<Func<RequestDelegate, RequestDelegate>>().Aggregate(last, (next, step) => step(next));
}
