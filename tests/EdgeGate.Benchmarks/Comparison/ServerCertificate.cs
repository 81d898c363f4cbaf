using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeGate.Benchmarks.Comparison;

/// <summary>What a proxy shows on https: a P-256 key, signed by itself, in a folder of its own.</summary>
internal sealed class ServerCertificate : IDisposable
{
    internal const string HostName = "edge.example";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgegate-certificate-");

    internal ServerCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={HostName}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(HostName);
        names.AddDnsName($"*.{HostName}");
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        Certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(CertificatePath, Certificate.ExportCertificatePem());
        File.WriteAllText(KeyPath, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(BundlePath, $"{Certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
    }

    /// <summary>It, for those who check it.</summary>
    internal X509Certificate2 Certificate { get; }

    internal string CertificatePath => Path.Combine(_folder.FullName, "cert.pem");

    internal string KeyPath => Path.Combine(_folder.FullName, "key.pem");

    /// <summary>Both in one file, as HAProxy wants them.</summary>
    internal string BundlePath => Path.Combine(_folder.FullName, "bundle.pem");

    public void Dispose()
    {
        Certificate.Dispose();
        _folder.Delete(recursive: true);
    }
}
