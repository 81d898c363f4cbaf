using Microsoft.AspNetCore.Http;

namespace EdgeGate.Http.Policies;

/// <summary>
/// The place of the policies in the pipeline. A reload puts another set there; requests that are under way go on with
/// theirs. Where nothing is configured a request passes without more than a look.
/// </summary>
public sealed class PolicyPipeline(PolicyServices services)
{
    private HttpPolicies _asked = new();
    private HttpPolicies _policies = new();
    private RequestDelegate? _route;
    private RequestDelegate? _forward;
    private volatile PolicySet _current = null!; // there once both middlewares are, and so before any request

    /// <summary>The middleware before routing: whatever decides which route a request takes.</summary>
    public RequestDelegate BeforeRouting(RequestDelegate next)
    {
        _route = next;
        Build();
        return context => _current.BeforeRouting(context);
    }

    /// <summary>The middleware between routing and YARP.</summary>
    public RequestDelegate AfterRouting(RequestDelegate next)
    {
        _forward = next;
        Build();
        return context =>
        {
            Task? running;
            while (!_current.TryRunAfterRouting(context, out running))
            {
                // Its successor is there already.
            }

            return running;
        };
    }

    /// <summary>Serves by another set from now on.</summary>
    public void Apply(HttpPolicies fresh)
    {
        _policies = fresh.AndNamesOf(_asked);
        _asked = fresh;
        Build();
    }

    private void Build()
    {
        if (_route is not null && _forward is not null)
        {
            PolicySet? before = _current;
            _current = new PolicySet(_policies, services, _route, _forward, before);
            before?.Retire(_current);
        }
    }
}
