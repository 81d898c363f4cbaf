using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeGate.Http.Tls;

/// <summary>A loaded certificate: its chain, built once, and the names that it answers to.</summary>
internal sealed class ServerCertificate
{
    private ServerCertificate(X509Certificate2 leaf, X509Certificate2Collection chain)
    {
        // Offline: fetching a missing intermediate from the network has no place in a server's start.
        Context = SslStreamCertificateContext.Create(leaf, chain, offline: true);
        Names = [.. NamesOf(leaf)];
    }

    public SslStreamCertificateContext Context { get; }

    public IReadOnlyList<string> Names { get; }

    /// <exception cref="InvalidDataException">A file is missing, is not PEM, or the two do not belong together.</exception>
    public static ServerCertificate Load(HttpCertificateOptions files)
    {
        try
        {
            var leaf = X509Certificate2.CreateFromPemFile(files.CertificatePath, files.KeyPath);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(files.CertificatePath);
            chain.RemoveAt(0);
            return new ServerCertificate(leaf, chain);
        }
        catch (Exception unusable) when (unusable is IOException or CryptographicException or UnauthorizedAccessException)
        {
            throw new InvalidDataException(
                $"{files.CertificatePath} with {files.KeyPath} is no usable certificate: {unusable.Message}", unusable);
        }
    }

    private static IEnumerable<string> NamesOf(X509Certificate2 leaf)
    {
        var alternatives = leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return alternatives?.EnumerateDnsNames() ?? [leaf.GetNameInfo(X509NameType.DnsName, forIssuer: false)];
    }
}
