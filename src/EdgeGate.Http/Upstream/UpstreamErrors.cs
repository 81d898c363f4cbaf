using System.Net.Sockets;

namespace EdgeGate.Http.Upstream;

/// <summary>The exceptions that HttpClient's own handler throws for the same mishaps: YARP and logs go by them.</summary>
internal static class UpstreamErrors
{
    internal static Exception ConnectFailed(string host, int port, SocketException error) => new HttpRequestException(
        error.SocketErrorCode is SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData
            ? HttpRequestError.NameResolutionError
            : HttpRequestError.ConnectionError,
        $"{error.Message} ({(UnixUpstreamAddress.TryGetEndPoint(host, out var path) ? path : $"{host}:{port}")})",
        error);

    internal static Exception ConnectTimedOut(TimeSpan limit)
    {
        string message = $"A connection could not be established within the configured ConnectTimeout of {limit.TotalSeconds} s.";
        return new TaskCanceledException(message, new TimeoutException(message));
    }

    internal static Exception SocketFailed(SocketError error, string what) =>
        new IOException($"{what}: {new SocketException((int)error).Message}.", new SocketException((int)error));

    /// <summary>For a request that was sent and got no response.</summary>
    internal static Exception RequestFailed(Exception inner) => new HttpRequestException(
        inner is HttpIOException io ? io.HttpRequestError : HttpRequestError.Unknown,
        "An error occurred while sending the request.",
        inner);

    internal static Exception ResponseEnded() => new HttpIOException(
        HttpRequestError.ResponseEnded, "The upstream closed the connection before its response was complete.");

    internal static Exception InvalidResponse(string what) => new HttpIOException(HttpRequestError.InvalidResponse, what);
}
