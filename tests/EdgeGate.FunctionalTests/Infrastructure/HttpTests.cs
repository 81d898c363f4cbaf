using System.Net;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>What every HTTP test has: a deadline, so that a hang is a failure, and clients for both versions.</summary>
public abstract class HttpTests : IDisposable
{
    private readonly CancellationTokenSource _deadline =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    protected HttpTests() => _deadline.CancelAfter(TimeSpan.FromSeconds(60));

    protected CancellationToken Token => _deadline.Token;

    public void Dispose()
    {
        _deadline.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A client that speaks exactly the given version, and trusts the tests' own certificates.</summary>
    protected static HttpClient Client(Uri address, Version? version = null) => ClientOf(address, version);

    internal static HttpClient ClientOf(Uri address, Version? version = null)
    {
        var handler = new SocketsHttpHandler { ActivityHeadersPropagator = null, AllowAutoRedirect = false };
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null;
        return new HttpClient(handler)
        {
            BaseAddress = address,
            DefaultRequestVersion = version ?? HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }
}
