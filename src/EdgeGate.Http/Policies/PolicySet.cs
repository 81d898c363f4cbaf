using System.Diagnostics.CodeAnalysis;
using EdgeGate.Http.Policies.Access;
using EdgeGate.Http.Policies.ErrorPages;
using EdgeGate.Http.Policies.OutputCache;
using EdgeGate.Http.Policies.RateLimits;
using Microsoft.AspNetCore.Http;

namespace EdgeGate.Http.Policies;

/// <summary>
/// One set of policies at work: two stretches of the pipeline, one before a route is chosen and one after. What it keeps
/// between requests (counts, cached answers) passes to its successor where that asks for the same, and is disposed of with
/// its last request where not.
/// </summary>
internal sealed class PolicySet
{
    private readonly RequestDelegate _afterRouting;
    private readonly Dictionary<string, SourceLimiters> _limiters = new(StringComparer.OrdinalIgnoreCase);
    private readonly AnswerCache? _cache;
    private readonly AccessControl? _access;
    private readonly bool _keeps;
    private IReadOnlyList<IAsyncDisposable> _orphans = [];
    private int _users = 1; // the pipeline is one; what is kept is disposed of when there is none

    /// <param name="policies">What is asked for.</param>
    /// <param name="services">What the parts need.</param>
    /// <param name="route">What follows the first stretch: routing.</param>
    /// <param name="forward">What follows the second: YARP.</param>
    /// <param name="before">The set that this one follows.</param>
    public PolicySet(
        HttpPolicies policies, PolicyServices services, RequestDelegate route, RequestDelegate forward, PolicySet? before)
    {
        foreach (var (name, policy) in policies.RateLimits)
        {
            SourceLimiters? same = before?._limiters.GetValueOrDefault(name);
            _limiters[name] = same?.Policy == policy ? same : new SourceLimiters(policy);
        }

        if (policies.OutputCache is { } cache)
        {
            _cache = before?._cache?.Policies.IsSameAs(cache) == true ? before._cache : new AnswerCache(cache, services.Logs);
        }

        _access = policies.Access.Count > 0 ? new AccessControl(policies.Access, services) : null;
        BeforeRouting = Chain(route, [.. StepsBeforeRouting(policies, services)]);
        _afterRouting = Chain(forward, [.. StepsAfterRouting(policies, services)]);
        _keeps = Kept.Any();
    }

    public RequestDelegate BeforeRouting { get; }

    private IEnumerable<IAsyncDisposable> Kept =>
        _limiters.Values.Concat<IAsyncDisposable>(new IAsyncDisposable?[] { _cache, _access }.OfType<IAsyncDisposable>());

    /// <summary>Takes a request through the second stretch; false if the set has ended meanwhile, and its successor serves.</summary>
    public bool TryRunAfterRouting(HttpContext context, [NotNullWhen(true)] out Task? running)
    {
        running = !_keeps ? _afterRouting(context) : TryEnter() ? RunAsync(context) : null;
        return running is not null;
    }

    /// <summary>Another set serves from now on; requests that are under way end here.</summary>
    public void Retire(PolicySet successor)
    {
        _orphans = [.. Kept.Except(successor.Kept)];
        Leave();
    }

    private static IEnumerable<Func<RequestDelegate, RequestDelegate>> StepsBeforeRouting(HttpPolicies policies, PolicyServices services)
    {
        if (!policies.TrustedProxies.IsEmpty)
        {
            yield return next => new TrustedProxies(policies.TrustedProxies, services.Logs, next).InvokeAsync;
        }

        // On every route: where no server is asked, nobody else may say these either.
        string[] said = [.. policies.Access.Values.OfType<ForwardAccess>().SelectMany(policy => policy.CopyHeaders.Select(ClientHeaders.Fold))];
        if (said.Length > 0)
        {
            yield return next => context =>
            {
                ClientHeaders.Remove(context.Request.Headers, said);
                return next(context);
            };
        }
    }

    // From the outside in.
    private IEnumerable<Func<RequestDelegate, RequestDelegate>> StepsAfterRouting(HttpPolicies policies, PolicyServices services)
    {
        if (policies.ErrorPages.Count > 0)
        {
            yield return next => new ErrorPageWriter(policies.ErrorPages, next).InvokeAsync;
        }

        if (policies.HttpsRedirect is { } redirect)
        {
            yield return next => new HttpsRedirect(redirect, services.ListenerOf, next).InvokeAsync;
        }

        if (policies.Hsts is { } hsts)
        {
            yield return next => new Hsts(hsts, next).InvokeAsync;
        }

        if (policies.Maintenance is { } maintenance)
        {
            yield return next => new Maintenance(maintenance, next).InvokeAsync;
        }

        if (policies.Cors.Count > 0)
        {
            yield return next => Cors.Use(policies.Cors, services.Logs, next);
        }

        if (_limiters.Count > 0)
        {
            yield return next => new RateLimiting(_limiters, services.Rejected, next).InvokeAsync;
        }

        if (policies.RoutesHaveTimeouts)
        {
            yield return next => Timeouts.Use(policies.Timeouts, services.Logs, next);
        }

        if (_access is not null)
        {
            yield return _access.Use;
        }

        if (policies.Compression is { } compression)
        {
            yield return next => Compression.Use(compression, services.Logs, next);
        }

        if (_cache is not null)
        {
            yield return _cache.Use;
        }
    }

    private static RequestDelegate Chain(RequestDelegate last, Func<RequestDelegate, RequestDelegate>[] steps) =>
        steps.Reverse().Aggregate(last, (next, step) => step(next));

    // A reload may retire the set between a request's look at it and here: then nothing that it keeps may be used.
    private bool TryEnter()
    {
        int users = Volatile.Read(ref _users);
        while (users > 0)
        {
            int seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
            {
                return true;
            }

            users = seen;
        }

        return false;
    }

    private async Task RunAsync(HttpContext context)
    {
        try
        {
            await _afterRouting(context);
        }
        finally
        {
            Leave();
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            foreach (IAsyncDisposable orphan in _orphans)
            {
                _ = orphan.DisposeAsync().AsTask();
            }
        }
    }
}
