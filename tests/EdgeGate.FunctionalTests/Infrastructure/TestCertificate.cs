using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeGate.Http;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>A certificate made for one test, as PEM files in a folder that goes with it.</summary>
internal sealed class TestCertificate : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgegate-tls-");

    /// <summary>Makes a certificate for the given names, signed by itself or by <paramref name="issuer"/>.</summary>
    public TestCertificate(string[] names, TestCertificate? issuer = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={names[0]}", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        Array.ForEach(names, alternatives.AddDnsName);
        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(issuer is null, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        Certificate = issuer is null
            ? request.CreateSelfSigned(now.AddDays(-1), now.AddDays(2))
            : request.Create(issuer.Certificate, now.AddDays(-1), now.AddDays(1), RandomNumberGenerator.GetBytes(8))
                .CopyWithPrivateKey(key);
        File.WriteAllText(Files.CertificatePath, Certificate.ExportCertificatePem());
        File.WriteAllText(KeyPath, key.ExportPkcs8PrivateKeyPem());
    }

    public X509Certificate2 Certificate { get; }

    public string KeyPath => Path.Combine(_folder.FullName, "key.pem");

    public HttpCertificateOptions Files => new(Path.Combine(_folder.FullName, "cert.pem"), KeyPath);

    public void Dispose()
    {
        Certificate.Dispose();
        _folder.Delete(recursive: true);
    }
}
