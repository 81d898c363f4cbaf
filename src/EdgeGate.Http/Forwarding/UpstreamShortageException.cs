namespace EdgeGate.Http.Forwarding;

/// <summary>
/// An upstream connection was not made because this machine has nothing left to make it with. It says nothing of the
/// destination, and nothing was sent.
/// </summary>
/// <param name="message">What is missing.</param>
/// <param name="isOfDestination">Whether another destination may still be reached: ports are counted for each.</param>
internal sealed class UpstreamShortageException(string message, bool isOfDestination) : IOException(message)
{
    public bool IsOfDestination => isOfDestination;

    public static UpstreamShortageException NoDescriptor() =>
        new("no descriptor is left for an upstream connection", isOfDestination: false);

    public static UpstreamShortageException NoPort(string host, int port) =>
        new($"no port is left to connect to {host}:{port} from", isOfDestination: true);

    /// <summary>The shortage among an exception and its causes.</summary>
    public static UpstreamShortageException? In(Exception? exception)
    {
        while (exception is not null and not UpstreamShortageException)
        {
            exception = exception.InnerException;
        }

        return (UpstreamShortageException?)exception;
    }
}
