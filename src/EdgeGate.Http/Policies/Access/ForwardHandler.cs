using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using EdgeGate.Http.Forwarding;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Model;

namespace EdgeGate.Http.Policies.Access;

/// <summary>
/// Asks an authentication server about each request, as nginx's auth_request and Traefik's ForwardAuth do. 2xx lets it
/// through; 401, 403 and a redirect are the client's answer; anything else means that nobody has judged, and the door
/// stays shut.
/// </summary>
internal sealed class ForwardHandler(IOptionsMonitor<ForwardOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<ForwardOptions>(options, logger, encoder)
{
    private const int MaxDestinations = 2;
    private const int MaxDrainBytes = 64 * 1024;

    private static readonly string[] Passed = [HeaderNames.WWWAuthenticate, HeaderNames.Location, HeaderNames.SetCookie];

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        HopByHopHeaders.RemoveFromRequest(Request.Headers); // before the question: both servers judge the same request
        ClientHeaders.Remove(Request.Headers, Options.Policy.CopyHeaders); // again, as a reload may have come between
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Context.RequestAborted);
        deadline.CancelAfter(Options.Policy.Timeout);
        try
        {
            using HttpResponseMessage? answer = await AskAsync(deadline.Token);
            if (answer?.Content.Headers.ContentLength is > 0 and < MaxDrainBytes)
            {
                await answer.Content.CopyToAsync(Stream.Null, deadline.Token); // so that the connection serves again
            }

            return answer is null ? Refuse(StatusCodes.Status503ServiceUnavailable) : Judge(answer);
        }
        catch (OperationCanceledException) when (!Context.RequestAborted.IsCancellationRequested)
        {
            return Refuse(StatusCodes.Status504GatewayTimeout);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            ForwardLog.CannotAsk(Logger, Options.Policy.Cluster, e.InnerException?.Message ?? e.Message);
            return Refuse(StatusCodes.Status502BadGateway);
        }
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (!Refusal.TryAnswer(Context))
        {
            Response.StatusCode = StatusCodes.Status502BadGateway;
        }

        return Task.CompletedTask;
    }

    private AuthenticateResult Judge(HttpResponseMessage answer)
    {
        if (answer.IsSuccessStatusCode)
        {
            foreach (string name in Options.Policy.CopyHeaders)
            {
                if (ValuesOf(answer, name) is { Count: > 0 } values)
                {
                    Request.Headers[name] = values;
                }
            }

            return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(Scheme.Name)), Scheme.Name));
        }

        if (answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.Found
            or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect)
        {
            Context.Features.Set(new Refusal((int)answer.StatusCode, [.. Passed
                .Select(name => KeyValuePair.Create(name, ValuesOf(answer, name))).Where(header => header.Value.Count > 0)]));
            return AuthenticateResult.Fail("the authentication server refuses");
        }

        ForwardLog.NoVerdict(Logger, Options.Policy.Cluster, (int)answer.StatusCode);
        return Refuse(StatusCodes.Status502BadGateway);
    }

    private AuthenticateResult Refuse(int status)
    {
        Context.Features.Set(Refusal.Of(status));
        return AuthenticateResult.Fail("nobody could judge");
    }

    private static StringValues ValuesOf(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out IEnumerable<string>? values) ? new StringValues([.. values]) : StringValues.Empty;

    /// <summary>Asks one destination, and another where that cannot be reached; null where there is none.</summary>
    private async Task<HttpResponseMessage?> AskAsync(CancellationToken cancellation)
    {
        if (!Options.Clusters().TryGetCluster(Options.Policy.Cluster, out ClusterState? cluster))
        {
            return null;
        }

        IReadOnlyList<DestinationState> destinations = cluster.DestinationsState.AvailableDestinations;
        int first = destinations.Count == 0 ? 0 : Random.Shared.Next(destinations.Count);
        for (int i = 0; i < Math.Min(destinations.Count, MaxDestinations); i++)
        {
            DestinationState destination = destinations[(first + i) % destinations.Count];
            try
            {
                using HttpRequestMessage question = AuthQuestion.About(Request, Options.Policy, cluster.Model, destination.Model.Config);
                return await cluster.Model.HttpClient.SendAsync(question, cancellation);
            }
            catch (HttpRequestException) when (i + 1 < Math.Min(destinations.Count, MaxDestinations))
            {
                // The next one may be reached.
            }
        }

        return null;
    }
}
