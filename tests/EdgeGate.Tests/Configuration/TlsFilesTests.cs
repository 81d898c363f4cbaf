using System.Net.Security;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EdgeGate.Configuration;
using EdgeGate.Http;
using Microsoft.Extensions.Time.Testing;

namespace EdgeGate.Tests.Configuration;

[UnsupportedOSPlatform("windows")] // modes of files
public sealed class TlsFilesTests : IDisposable
{
    private const string At = "EdgeGate:Listeners:web:Tls:";
    private const string A = """{ "CertificatePath": "a.pem", "KeyPath": "a.key" }""";

    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("edgegate-tls-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_good_pair_is_found_beside_the_configuration()
    {
        WritePair("a");

        var certificate = await GoodAsync(A);

        Assert.Equal(Path.Combine(_folder, "a.pem"), certificate.CertificatePath);
        Assert.Equal(new CertificateDates(Now.AddYears(-1), Now.AddYears(1), Now), certificate.Dates);
    }

    [Theory]
    [InlineData("a.pfx")]
    [InlineData("store")] // by its content, whatever it is called
    public async Task A_pfx_is_enough_by_itself(string name)
    {
        WritePfx(name, password: null);

        Assert.Null((await GoodAsync($$"""{ "CertificatePath": "{{name}}" }""")).KeyPath);
    }

    [Theory]
    [InlineData("a.pfx", """{ "CertificatePath": "a.pfx", "KeyPasswordFile": "password" }""")]
    [InlineData("a.pem", """{ "CertificatePath": "a.pem", "KeyPath": "a.key", "KeyPasswordFile": "password" }""")]
    public async Task An_encrypted_key_is_opened_with_the_first_line_of_a_file(string kind, string certificate)
    {
        if (kind == "a.pfx")
        {
            WritePfx("a.pfx", "sesame");
        }
        else
        {
            WritePair("a", password: "sesame");
        }

        WriteSecret("password", "sesame\n");
        await GoodAsync(certificate);

        WriteSecret("password", "wrong\n");
        var error = Assert.Single((await LoadAsync(certificate)).Errors);
        Assert.Equal(At + "Certificates:0:CertificatePath", error.Path);
        Assert.DoesNotContain("wrong", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_encrypted_key_without_its_password_says_which_key_is_missing()
    {
        WritePair("a", password: "sesame");

        Assert.Contains("KeyPasswordFile", Assert.Single((await LoadAsync(A)).Errors).Message);
    }

    [Fact]
    public async Task A_key_in_openssls_old_encryption_says_how_to_convert_it()
    {
        WritePair("a");
        WriteSecret("a.key", "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAA==\n-----END EC PRIVATE KEY-----\n");

        Assert.Contains("openssl pkcs8 -topk8", Assert.Single((await LoadAsync(A)).Errors).Message);
    }

    [Fact]
    public async Task A_pfx_takes_no_second_file()
    {
        WritePair("a");
        WritePfx("a.pfx", password: null);

        var loaded = await LoadAsync("""{ "CertificatePath": "a.pfx", "KeyPath": "a.key" }""");

        Assert.Contains("take KeyPath out", Assert.Single(loaded.Errors).Message);
    }

    [Fact]
    public async Task The_key_of_another_certificate_is_an_error()
    {
        WritePair("a");
        WritePair("b");

        var loaded = await LoadAsync("""{ "CertificatePath": "a.pem", "KeyPath": "b.key" }""");

        Assert.Equal(At + "Certificates:0:CertificatePath", Assert.Single(loaded.Errors).Path);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("0hello")] // as a PFX begins
    [InlineData("")]
    public async Task A_file_that_is_no_certificate_is_an_error(string content)
    {
        WriteSecret("a.pem", content);

        Assert.Contains("no usable certificate", Assert.Single((await LoadAsync("""{ "CertificatePath": "a.pem" }""")).Errors).Message);
    }

    [Theory]
    [InlineData("a.key", A, "KeyPath")]
    [InlineData("a.pfx", """{ "CertificatePath": "a.pfx", "KeyPasswordFile": "password" }""", "CertificatePath")]
    [InlineData("password", """{ "CertificatePath": "a.pfx", "KeyPasswordFile": "password" }""", "KeyPasswordFile")]
    public async Task A_secret_that_others_can_read_is_a_warning(string file, string certificate, string key)
    {
        WritePair("a");
        WritePfx("a.pfx", "sesame");
        WriteSecret("password", "sesame");
        File.SetUnixFileMode(Path.Combine(_folder, file), UnixFileMode.UserRead | UnixFileMode.OtherRead);

        var loaded = await LoadAsync(certificate);

        Assert.Empty(loaded.Errors);
        var warning = Assert.Single(loaded.Warnings);
        Assert.Equal(At + "Certificates:0:" + key, warning.Path);
        Assert.Contains("chmod o-rw", warning.Message);
    }

    [Fact]
    public async Task Protocols_and_suites_are_read()
    {
        WritePair("a");

        var tls = (await LoadAsync(A, """, "MinimumVersion": "tls13", "CipherSuites": [ "TLS_AES_256_GCM_SHA384" ]""")).Config!
            .Listeners.Single(l => l.Name == "web").Tls!;

        Assert.Equal(TlsVersion.Tls13, tls.MinimumVersion);
        Assert.Equal([TlsCipherSuite.TLS_AES_256_GCM_SHA384], tls.CipherSuites);
    }

    [Theory]
    [InlineData("\"MinimumVersion\": \"Tls11\"", "MinimumVersion", "Did you mean 'Tls1")]
    [InlineData("\"MinimalVersion\": \"Tls12\"", "MinimalVersion", "Did you mean 'MinimumVersion'?")]
    [InlineData("\"CipherSuites\": [ \"TLS_AES_128_GCM_SHA265\" ]", "CipherSuites:0", "Did you mean 'TLS_AES_128_GCM_SHA256'?")]
    [InlineData("\"CipherSuites\": [ \"4865\" ]", "CipherSuites:0", "IANA")]
    [InlineData(
        "\"MinimumVersion\": \"Tls13\", \"CipherSuites\": [ \"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\" ]", "CipherSuites", "none of them")]
    public async Task A_policy_that_cannot_be_is_an_error(string key, string path, string says)
    {
        WritePair("a");

        var error = Assert.Single((await LoadAsync(A, ", " + key)).Errors);

        Assert.Equal(At + path, error.Path);
        Assert.Contains(says, error.Message);
    }

    [Fact]
    public async Task A_weak_suite_is_a_warning()
    {
        WritePair("a");

        var loaded = await LoadAsync(
            A, """, "CipherSuites": [ "TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" ]""");

        Assert.Contains("TLS_RSA_WITH_AES_128_CBC_SHA has no forward secrecy", Assert.Single(loaded.Warnings).Message);
    }

    [Fact]
    public async Task A_ca_file_without_a_certificate_is_an_error()
    {
        WritePair("a");
        WriteSecret("ca.pem", "nobody");

        var error = Assert.Single((await LoadAsync(A, """, "ClientCertificate": "Require", "ClientCaPath": "ca.pem" """)).Errors);

        Assert.Equal(At + "ClientCaPath", error.Path);
    }

    [Theory]
    [InlineData("\"ForwardClientCertificate\": [ \"ClientCerts\" ], \"ClientCertificate\": \"Require\"", "ForwardClientCertificate:0", "Did you mean 'ClientCert'?")]
    [InlineData("\"ForwardClientCertificate\": [ \"ClientCert\" ]", "ForwardClientCertificate", "no client is asked for a certificate")]
    public async Task A_certificate_is_forwarded_in_ways_that_there_are_where_one_is_asked_for(string key, string path, string says)
    {
        WritePair("a");

        var error = Assert.Single((await LoadAsync(A, ", " + key)).Errors);

        Assert.Equal(At + path, error.Path);
        Assert.Contains(says, error.Message);
    }

    [Fact]
    public async Task Stapling_of_a_certificate_that_names_no_responder_is_a_warning()
    {
        WritePair("a");

        var loaded = await LoadAsync(A, """, "OcspStapling": true""");

        Assert.Empty(loaded.Errors);
        Assert.Contains("it names no responder", Assert.Single(loaded.Warnings).Message);
    }

    [Fact]
    public async Task The_example_is_good_with_the_files_that_it_names()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "tls"));
        WritePair("tls/example.com");
        WritePfx("tls/example.org.pfx", "sesame");
        WriteSecret("tls/example.org.password", "sesame");
        WritePair("tls/clients-ca");
        WritePair("tls/internal-ca");
        WritePair("tls/gateway");

        string example = Path.Combine(AppContext.BaseDirectory, "config", "examples", "tls.json");
        var loaded = await new ConfigurationLoader(new Dictionary<string, string>(), new FakeTimeProvider(Now))
            .LoadAsync("tls.json", await File.ReadAllBytesAsync(example, TestContext.Current.CancellationToken), _folder);

        Assert.Empty(loaded.Errors);
        Assert.All(loaded.Warnings, warning => Assert.Contains("it names no responder", warning.Message));
    }

    private async Task<CertificateConfig> GoodAsync(string certificate)
    {
        var loaded = await LoadAsync(certificate);
        Assert.Empty(loaded.Errors);
        Assert.Empty(loaded.Warnings);
        return loaded.Config!.Listeners.Single(l => l.Name == "web").Tls!.Certificates.Single();
    }

    private Task<LoadedConfiguration> LoadAsync(string certificate, string more = "")
    {
        var json = Loaded.Json($$""", "Tls": { "Certificates": [ {{certificate}} ]{{more}} } """)
            .Replace("\"http\"", "\"https\"", StringComparison.Ordinal);
        return new ConfigurationLoader(new Dictionary<string, string>(), new FakeTimeProvider(Now))
            .LoadAsync("test.json", Encoding.UTF8.GetBytes(json), _folder);
    }

    private static X509Certificate2 Make(out ECDsa key)
    {
        key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=edge.example", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(Now.AddYears(-1), Now.AddYears(1));
    }

    private void WritePair(string name, string? password = null)
    {
        using var certificate = Make(out ECDsa key);
        using (key)
        {
            var encryption = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 10_000);
            WriteSecret(name + ".pem", certificate.ExportCertificatePem());
            WriteSecret(name + ".key", password is null
                ? key.ExportPkcs8PrivateKeyPem()
                : key.ExportEncryptedPkcs8PrivateKeyPem(password, encryption));
        }
    }

    private void WritePfx(string name, string? password)
    {
        using var certificate = Make(out ECDsa key);
        key.Dispose();
        WriteSecret(name, "");
        File.WriteAllBytes(Path.Combine(_folder, name), certificate.Export(X509ContentType.Pfx, password));
    }

    private void WriteSecret(string name, string content)
    {
        string file = Path.Combine(_folder, name);
        File.WriteAllText(file, content);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
