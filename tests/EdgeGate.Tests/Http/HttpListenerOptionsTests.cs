using EdgeGate.Http;

namespace EdgeGate.Tests.Http;

public sealed class HttpListenerOptionsTests
{
    [Fact]
    public void Default_listener_is_valid() => Assert.Empty(new HttpListenerOptions().Validate());

    [Fact]
    public void Https_without_a_certificate_is_told() =>
        Assert.Single(new HttpListenerOptions { Protocol = HttpListenerProtocol.Https }.Validate());

    [Fact]
    public void All_unusable_files_are_told_at_once()
    {
        var errors = new HttpListenerOptions
        {
            Protocol = HttpListenerProtocol.Https,
            FirstByteTimeout = TimeSpan.Zero,
            Tls = new HttpTlsOptions
            {
                Certificates = [new("/nowhere/a.pem", "/nowhere/a.key"), new("/nowhere/b.pem", "/nowhere/b.key")],
                ClientCertificate = ClientCertificatePolicy.Require,
                ClientCaPath = "/nowhere/ca.pem",
            },
        }.Validate();

        Assert.Equal(4, errors.Count);
        Assert.Contains(errors, error => error.Contains("/nowhere/b.pem", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("/nowhere/ca.pem", StringComparison.Ordinal));
    }
}
