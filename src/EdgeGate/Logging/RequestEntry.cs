using System.Diagnostics;
using System.Net;
using EdgeGate.Transport.Kestrel;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace EdgeGate.Logging;

/// <summary>
/// One HTTP request. It is a feature of its request from beginning to end, and keeps nothing of it but texts and numbers:
/// the line is written when the request's own objects serve the next.
/// </summary>
internal sealed class RequestEntry : LogEntry
{
    private const string Redacted = "[redacted]";

    private readonly DateTimeOffset _time;
    private readonly long _began = Stopwatch.GetTimestamp();
    private long _forwardedAt;
    private long _answeredAt;
    private TimeSpan _total;
    private string? _listener;
    private long _connection;
    private IPAddress? _client;
    private int _clientPort;
    private string _method = "";
    private string _host = "";
    private string _path = "";
    private string? _query;
    private string _protocol = "";
    private string? _traceId;
    private string? _route;
    private string? _cluster;
    private string? _destination;
    private string? _upstream;
    private bool _aborted;
    private long _received;
    private long _sent;

    private RequestEntry(DateTimeOffset time) => _time = time;

    /// <summary>What the client was answered.</summary>
    public int Status { get; private set; }

    /// <summary>Whether and how forwarding it failed.</summary>
    public ForwarderError Error { get; private set; }

    /// <summary>Begins an entry, and puts it among the request's features.</summary>
    public static RequestEntry Begin(HttpContext context, IRequestActivity activity, DateTimeOffset now, bool withQuery)
    {
        HttpRequest request = context.Request;
        var entry = new RequestEntry(now)
        {
            _listener = activity.Listener,
            _connection = activity.ConnectionId,
            _client = context.Connection.RemoteIpAddress,
            _clientPort = context.Connection.RemotePort,
            _method = request.Method,
            _host = request.Host.Value ?? "",
            _path = request.Path.Value ?? "",
            _query = !request.QueryString.HasValue ? null : withQuery ? request.QueryString.Value : Redacted,
            _protocol = request.Protocol,
            _traceId = TraceIdOf(request),
        };
        context.Features.Set(entry);
        ByteCounter.Attach(context, entry);
        return entry;
    }

    /// <summary>The entry of a request; null where it has none.</summary>
    public static RequestEntry? Of(HttpContext context) => context.Features.Get<RequestEntry>();

    public void Forwarding(string destination)
    {
        _forwardedAt = Stopwatch.GetTimestamp();
        _upstream = destination;
    }

    public void Answered() => _answeredAt = Stopwatch.GetTimestamp();

    public void Forwarded(ForwarderError error) => Error = error;

    /// <summary>Counts bytes of the request's body.</summary>
    public void CountReceived(int bytes) => _received += bytes;

    /// <summary>Counts bytes of the answer's body.</summary>
    public void CountSent(int bytes) => _sent += bytes;

    /// <summary>Takes what is known at the end.</summary>
    public void End(HttpContext context, bool failed)
    {
        _total = Stopwatch.GetElapsedTime(_began);
        Status = failed && !context.Response.HasStarted
            ? StatusCodes.Status500InternalServerError
            : context.Response.StatusCode;
        _aborted = context.RequestAborted.IsCancellationRequested;
        if (context.Features.Get<IReverseProxyFeature>() is { } yarp)
        {
            _route = yarp.Route.Config.RouteId;
            _cluster = yarp.Cluster.Config.ClusterId;
            _destination = yarp.ProxiedDestination?.DestinationId;
            Error = context.GetForwarderErrorFeature()?.Error ?? Error;
        }
    }

    public override void Write(LogLine line)
    {
        line.Time("time"u8, _time);
        line.Text("kind"u8, "request");
        line.Number("connection"u8, _connection);
        line.Text("listener"u8, _listener);
        line.EndPoint("client"u8, _client, _clientPort);
        line.Text("protocol"u8, _protocol);
        line.Text("method"u8, _method);
        line.Text("host"u8, _host);
        line.Text("path"u8, _path);
        line.Text("query"u8, _query);
        line.Number("status"u8, Status);
        line.Number("bytesIn"u8, _received);
        line.Number("bytesOut"u8, _sent);
        line.Text("route"u8, _route);
        line.Text("cluster"u8, _cluster);
        line.Text("destination"u8, _destination);
        line.Text("upstream"u8, _upstream);
        line.Seconds("duration"u8, _total);
        WritePhases(line);
        line.Text("error"u8, Error == ForwarderError.None ? null : Error.ToString());
        line.Flag("aborted"u8, _aborted);
        line.Text("trace"u8, _traceId);
    }

    /// <summary>Until a destination was chosen; from there to the head of its answer; from there to the end.</summary>
    private void WritePhases(LogLine line)
    {
        if (_forwardedAt == 0)
        {
            return;
        }

        line.Seconds("routing"u8, Stopwatch.GetElapsedTime(_began, _forwardedAt));
        if (_answeredAt != 0)
        {
            line.Seconds("firstByte"u8, Stopwatch.GetElapsedTime(_forwardedAt, _answeredAt));
            line.Seconds("transfer"u8, _total - Stopwatch.GetElapsedTime(_began, _answeredAt));
        }
    }

    /// <summary>Our own span's trace, or the one that the client is in: W3C Trace Context, section 3.2.2.</summary>
    private static string? TraceIdOf(HttpRequest request)
    {
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity)
        {
            return activity.TraceId.ToHexString();
        }

        return request.Headers.TraceParent is [{ } parent] && ActivityContext.TryParse(parent, null, out ActivityContext client)
            ? client.TraceId.ToHexString()
            : null;
    }
}
