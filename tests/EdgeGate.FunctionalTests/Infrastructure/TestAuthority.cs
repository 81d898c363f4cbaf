using System.Security.Cryptography.X509Certificates;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>A certificate authority of one test, run by the real openssl: what it signs is what operators have.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _openssl;
    private readonly CancellationToken _token;

    private TestAuthority(string openssl, CancellationToken token) => (_openssl, _token) = (openssl, token);

    /// <summary>Its own certificate, as PEM.</summary>
    public string CaPath => PathOf("ca.pem");

    /// <summary>The key that it signs with.</summary>
    public string CaKeyPath => PathOf("ca.key");

    /// <summary>Makes one that stands by itself, or that another has signed.</summary>
    public static async Task<TestAuthority> CreateAsync(
        CancellationToken token, string name = "Test authority", TestAuthority? issuer = null)
    {
        var authority = new TestAuthority(await Tool.RequireAsync("openssl", token), token);
        string[] signed = issuer is null ? [] : ["-CA", issuer.CaPath, "-CAkey", issuer.CaKeyPath];
        await authority.RunAsync([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-subj", "/CN=" + name,
            "-days", "3650", "-keyout", authority.CaKeyPath, "-out", authority.CaPath, .. signed,
            "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign"]);
        return authority;
    }

    public string PathOf(string file) => Path.Combine(_folder.Path, file);

    /// <summary>
    /// Signs a certificate for a name and leaves it as <c>FILE.pem</c>, followed by the authority's own, and <c>FILE.key</c>.
    /// </summary>
    public async Task<string> SignAsync(
        string file, string name, string algorithm = "ec", string extensions = "", string subject = "", string? uri = null,
        int days = 300)
    {
        string[] key = algorithm == "ec"
            ? ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
            : ["-newkey", algorithm];
        await RunAsync([
            "req", "-new", .. key, "-noenc", "-subj", $"{subject}/CN={name}",
            "-keyout", PathOf(file + ".key"), "-out", PathOf(file + ".csr")]);
        string given = _folder.Write(file + ".ext", $"""
            subjectAltName=DNS:{name}{(uri is null ? "" : ",URI:" + uri)}
            basicConstraints=CA:FALSE
            keyUsage=digitalSignature,keyEncipherment
            extendedKeyUsage=serverAuth,clientAuth
            {extensions}
            """);
        await RunAsync(
            "x509", "-req", "-in", PathOf(file + ".csr"), "-CA", CaPath, "-CAkey", CaKeyPath, "-days", $"{days}",
            "-out", PathOf(file + ".crt"), "-extfile", given);
        string pem = await File.ReadAllTextAsync(PathOf(file + ".crt"), _token) + await File.ReadAllTextAsync(CaPath, _token);
        return _folder.Write(file + ".pem", pem);
    }

    /// <summary>Makes a PFX of a signed certificate.</summary>
    public Task PackAsync(string file, string to, string password) => RunAsync(
        "pkcs12", "-export", "-in", PathOf(file + ".pem"), "-inkey", PathOf(file + ".key"), "-passout", "pass:" + password,
        "-out", PathOf(to));

    /// <summary>Encrypts the key of a signed certificate, as PKCS #8.</summary>
    public Task EncryptAsync(string file, string to, string password) => RunAsync(
        "pkcs8", "-topk8", "-in", PathOf(file + ".key"), "-passout", "pass:" + password, "-out", PathOf(to));

    public string Write(string file, string content) => _folder.Write(file, content);

    /// <summary>The fingerprint of a signed certificate.</summary>
    public string ThumbprintOf(string file)
    {
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(PathOf(file + ".crt"));
        return certificate.Thumbprint;
    }

    /// <summary>The serial number of a signed certificate, in hexadecimal digits.</summary>
    public string SerialOf(string file)
    {
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(PathOf(file + ".crt"));
        return certificate.SerialNumber;
    }

    public void Dispose() => _folder.Dispose();

    private async Task RunAsync(params string[] arguments) =>
        (await Tool.RunAsync(_openssl, arguments, _token)).AssertSuccess();
}
