using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EdgeGate.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace EdgeGate.Tests.Configuration;

public sealed class TlsFilesTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("edgegate-tls-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_good_pair_is_found_beside_the_configuration()
    {
        WritePair("a", Now.AddYears(1));

        var loaded = await LoadAsync("""{ "CertificatePath": "a.pem", "KeyPath": "a.key" }""");

        Assert.Empty(loaded.Errors);
        Assert.Empty(loaded.Warnings);
        var certificate = loaded.Config!.Listeners.Single(l => l.Name == "web").Tls!.Certificates.Single();
        Assert.Equal(Path.Combine(_folder, "a.pem"), certificate.CertificatePath);
    }

    [Fact]
    public async Task The_key_of_another_certificate_is_an_error()
    {
        WritePair("a", Now.AddYears(1));
        WritePair("b", Now.AddYears(1));

        var loaded = await LoadAsync("""{ "CertificatePath": "a.pem", "KeyPath": "b.key" }""");

        Assert.Equal("EdgeGate:Listeners:web:Tls:Certificates:0:CertificatePath", Assert.Single(loaded.Errors).Path);
    }

    [Fact]
    public async Task A_file_that_is_no_certificate_is_an_error()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "a.pem"), "hello", TestContext.Current.CancellationToken);

        var loaded = await LoadAsync("""{ "CertificatePath": "a.pem" }""");

        Assert.Contains("not a PEM certificate", Assert.Single(loaded.Errors).Message);
    }

    [Fact]
    public async Task An_expired_certificate_is_a_warning()
    {
        WritePair("a", Now.AddDays(-1));

        var loaded = await LoadAsync("""{ "CertificatePath": "a.pem", "KeyPath": "a.key" }""");

        Assert.Empty(loaded.Errors);
        Assert.Contains("expired on 2029-12-31", Assert.Single(loaded.Warnings).Message);
    }

    private Task<LoadedConfiguration> LoadAsync(string certificate)
    {
        var json = Loaded.Json($$""", "Tls": { "Certificates": [ {{certificate}} ] } """)
            .Replace("\"http\"", "\"https\"", StringComparison.Ordinal);
        return new ConfigurationLoader(new Dictionary<string, string>(), new FakeTimeProvider(Now))
            .LoadAsync("test.json", Encoding.UTF8.GetBytes(json), _folder);
    }

    private void WritePair(string name, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=edge.example", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(Now.AddYears(-1), until);
        File.WriteAllText(Path.Combine(_folder, name + ".pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, name + ".key"), key.ExportPkcs8PrivateKeyPem());
    }
}
