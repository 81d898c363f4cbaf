using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace EdgeGate.Http.Tls;

/// <summary>A loaded certificate: its chain, built once, and the names that it answers to.</summary>
internal sealed class ServerCertificate
{
    private readonly HttpCertificateOptions _files;
    private readonly X509Certificate2Collection _chain;

    private ServerCertificate(HttpCertificateOptions files, X509Certificate2 leaf, X509Certificate2Collection chain, bool staples)
    {
        _files = files;
        _chain = chain;

        // .NET staples where it is not told to stay offline, and then fetches missing intermediates too, which has no place in a
        // server's start: so only where none is missing.
        Context = SslStreamCertificateContext.Create(leaf, chain, offline: !staples || !CertificateFiles.IsWhole(leaf, chain));
        Names = [.. NamesOf(leaf)];
        Served = new ServedCertificate(
            files.CertificatePath, leaf.Subject, leaf.NotBefore.ToUniversalTime(), leaf.NotAfter.ToUniversalTime());
    }

    public SslStreamCertificateContext Context { get; }

    public IReadOnlyList<string> Names { get; }

    public ServedCertificate Served { get; }

    /// <summary>
    /// Reads the files. Where they hold what one of those before held, that one is given back: OpenSSL's session tickets
    /// and a stapled response belong to the context, and a reload that renews nothing must not cost every client a full handshake.
    /// </summary>
    /// <exception cref="InvalidDataException">A file is missing or unusable, or the two do not belong together.</exception>
    public static ServerCertificate Load(
        HttpCertificateOptions files, bool staples, IReadOnlyList<ServerCertificate> before)
    {
        var (leaf, chain) = CertificateFiles.Load(files);
        return before.FirstOrDefault(old => old.IsSame(files, leaf, chain)) ?? new ServerCertificate(files, leaf, chain, staples);
    }

    private bool IsSame(HttpCertificateOptions files, X509Certificate2 leaf, X509Certificate2Collection chain) =>
        _files == files
        && Context.TargetCertificate.RawDataMemory.Span.SequenceEqual(leaf.RawDataMemory.Span)
        && _chain.Select(c => c.Thumbprint).SequenceEqual(chain.Select(c => c.Thumbprint));

    private static IEnumerable<string> NamesOf(X509Certificate2 leaf)
    {
        var alternatives = leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return alternatives?.EnumerateDnsNames() ?? [leaf.GetNameInfo(X509NameType.DnsName, forIssuer: false)];
    }
}
