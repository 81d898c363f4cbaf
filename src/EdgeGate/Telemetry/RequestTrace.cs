using System.Diagnostics;
using EdgeGate.Http;
using EdgeGate.Transport.Kestrel;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace EdgeGate.Telemetry;

/// <summary>
/// The spans of one sampled request: its own, and beneath it what came before a connection's first request (accept, TLS),
/// choosing a destination (route), and the exchange with the upstream (upstream, with connect and first byte). Names and
/// attributes follow OpenTelemetry's semantic conventions for HTTP spans where they have one.
/// </summary>
internal sealed class RequestTrace
{
    /// <summary>The source's name.</summary>
    public const string SourceName = "EdgeGate";

    private const string OtherMethod = "_OTHER";

    private static readonly ActivitySource Source = new(SourceName);

    private readonly Activity _request;
    private Activity? _upstream;

    private RequestTrace(Activity request) => _request = request;

    /// <summary>Begins the spans, and puts them among the request's features; null if nobody listens.</summary>
    /// <param name="context">The request.</param>
    /// <param name="connection">What it came on.</param>
    /// <param name="parent">The client's span; the default for none.</param>
    public static RequestTrace? Begin(HttpContext context, IRequestActivity connection, ActivityContext parent)
    {
        if (Source.StartActivity("HTTP", ActivityKind.Server, parent) is not { } activity)
        {
            return null;
        }

        HttpRequest request = context.Request;
        activity.SetTag("http.request.method", MethodOf(request));
        activity.SetTag("url.scheme", request.Scheme);
        activity.SetTag("url.path", request.Path.Value); // not the query, which carries tokens and names
        activity.SetTag("server.address", request.Host.Host);
        activity.SetTag("network.protocol.version", VersionOf(request.Protocol));
        activity.SetTag("client.address", context.Connection.RemoteIpAddress?.ToString());
        activity.SetTag("user_agent.original", request.Headers.UserAgent.ToString() is { Length: > 0 } agent ? agent : null);
        activity.SetTag("edgegate.listener", connection.Listener);
        activity.SetTag("edgegate.connection", connection.ConnectionId);
        var trace = new RequestTrace(activity);
        context.Features.Set(trace);
        return trace;
    }

    /// <summary>The trace of a request; null where it has none.</summary>
    public static RequestTrace? Of(HttpContext context) =>
        Source.HasListeners() ? context.Features.Get<RequestTrace>() : null;

    /// <summary>A connect for the request whose span is current is over, whether or not it succeeded.</summary>
    public static void Connected(in UpstreamConnect connect)
    {
        if (connect.RequestedBy is { } upstream && upstream.Source == Source)
        {
            DateTime now = Now();
            using Activity? span = Write("edgegate.upstream.connect", upstream.Context, now - connect.Duration, now);
            if (connect.Error != System.Net.Sockets.SocketError.Success)
            {
                span?.SetTag("error.type", connect.Error.ToString());
                span?.SetStatus(ActivityStatusCode.Error);
            }
        }
    }

    /// <summary>The request is its connection's first: what it waited for is over.</summary>
    public void ConnectionBegan(IRequestActivity connection)
    {
        DateTime opened = _request.StartTimeUtc - connection.SinceFirstByte;
        Write("edgegate.accept", _request.Context, _request.StartTimeUtc - connection.SinceAccepted, opened)?.Dispose();
        if (connection.IsTls)
        {
            Write("edgegate.tls", _request.Context, opened, _request.StartTimeUtc)?.Dispose();
        }
    }

    /// <summary>A destination was chosen: it is told the span that its own belong beneath.</summary>
    public void Forwarding(HttpContext context, string destination)
    {
        _upstream?.Dispose(); // of an attempt before
        Write("edgegate.route", _request.Context, _request.StartTimeUtc, Now())?.Dispose();
        _upstream = Source.StartActivity("edgegate.upstream", ActivityKind.Client, _request.Context);
        if (_upstream is not null)
        {
            _upstream.SetTag("http.request.method", MethodOf(context.Request));
            _upstream.SetTag("server.address", destination);
            if (context.Features.Get<IReverseProxyFeature>() is { } yarp)
            {
                _upstream.SetTag("edgegate.cluster", yarp.Cluster.Config.ClusterId);
                _upstream.SetTag("edgegate.destination", yarp.ProxiedDestination?.DestinationId);
            }

            context.Request.Headers.TraceParent = _upstream.Id;
            context.Request.Headers[HeaderNames.TraceState] = _upstream.TraceStateString;
        }
    }

    /// <summary>The head of the upstream's answer is here.</summary>
    public void Answered()
    {
        if (_upstream is { } upstream)
        {
            Write("edgegate.upstream.first_byte", upstream.Context, upstream.StartTimeUtc, Now())?.Dispose();
        }
    }

    /// <summary>The exchange with the upstream is over.</summary>
    public void Forwarded(ForwarderError error)
    {
        if (error != ForwarderError.None)
        {
            _upstream?.SetTag("error.type", error.ToString());
            _upstream?.SetStatus(ActivityStatusCode.Error);
        }

        _upstream?.Dispose();
        _upstream = null;
    }

    /// <summary>The request is over.</summary>
    public void End(HttpContext context, bool failed)
    {
        int status = failed && !context.Response.HasStarted
            ? StatusCodes.Status500InternalServerError
            : context.Response.StatusCode;
        string? route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        string method = MethodOf(context.Request) is var known && known == OtherMethod ? "HTTP" : known;
        _request.DisplayName = route is null ? method : $"{method} {route}";
        _request.SetTag("http.route", route);
        _request.SetTag("http.response.status_code", status);
        if (failed || status >= StatusCodes.Status500InternalServerError)
        {
            _request.SetStatus(ActivityStatusCode.Error); // of a server, 4xx is none
        }

        _request.Dispose();
    }

    /// <summary>A span that is over, so that nothing else becomes its child.</summary>
    private static Activity? Write(string name, ActivityContext parent, DateTime began, DateTime ended)
    {
        Activity? current = Activity.Current;
        Activity? span = Source.StartActivity(name, ActivityKind.Internal, parent, startTime: began);
        span?.SetEndTime(ended);
        Activity.Current = current;
        return span;
    }

    private static DateTime Now() => TimeProvider.System.GetUtcNow().UtcDateTime;

    private static string MethodOf(HttpRequest request) => IsKnown(request.Method) ? request.Method : OtherMethod;

    // RFC 9110 and RFC 5789: whatever else a client sends would be a name of its own making.
    private static bool IsKnown(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsHead(method)
        || HttpMethods.IsDelete(method) || HttpMethods.IsPatch(method) || HttpMethods.IsOptions(method)
        || HttpMethods.IsConnect(method) || HttpMethods.IsTrace(method);

    private static string? VersionOf(string protocol) =>
        protocol.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? protocol[(slash + 1)..] : null;
}
