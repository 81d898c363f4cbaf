using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;

namespace EdgeGate.Http.Tls;

/// <summary>
/// A feature of a connection whose upstreams are told who its client is. The certificate is that of the connection, so what
/// is told of it is written once.
/// </summary>
internal sealed class ClientIdentity(IReadOnlyList<ClientCertificateHeader> forms)
{
    /// <summary>uniformResourceIdentifier of RFC 5280, section 4.2.1.6.</summary>
    private static readonly Asn1Tag Uniform = new(TagClass.ContextSpecific, 6);

    private (string Name, string Value)[]? _headers;

    /// <summary>Sets the headers of a request, from which the client's own have been removed.</summary>
    public void Set(HttpContext context)
    {
        // Requests of one HTTP/2 connection may both write it: to the same effect.
        _headers ??= [.. forms.SelectMany(form => HeadersOf(form, context.Connection.ClientCertificate))];
        foreach (var (name, value) in _headers)
        {
            context.Request.Headers[name] = value;
        }
    }

    private static IEnumerable<(string Name, string Value)> HeadersOf(
        ClientCertificateHeader form, X509Certificate2? certificate) => form switch
        {
            ClientCertificateHeader.XSslClient => NginxHeaders(certificate),
            _ when certificate is null => [],
            ClientCertificateHeader.ClientCert => [("Client-Cert", $":{Convert.ToBase64String(certificate.RawDataMemory.Span)}:")],
            _ => [("X-Forwarded-Client-Cert", string.Join(';', EnvoyElements(certificate)))],
        };

    private static IEnumerable<(string Name, string Value)> NginxHeaders(X509Certificate2? certificate)
    {
        yield return ("X-SSL-Client-Verify", certificate is null ? "NONE" : "SUCCESS");
        if (certificate is not null)
        {
            yield return ("X-SSL-Client-S-DN", DistinguishedNameText.Of(certificate.SubjectName));
            yield return ("X-SSL-Client-I-DN", DistinguishedNameText.Of(certificate.IssuerName));
            yield return ("X-SSL-Client-Serial", certificate.SerialNumber);
            yield return ("X-SSL-Client-SHA256", Fingerprint(certificate));
        }
    }

    private static IEnumerable<string> EnvoyElements(X509Certificate2 certificate)
    {
        yield return "Hash=" + Fingerprint(certificate);
        yield return $"Subject=\"{DistinguishedNameText.Of(certificate.SubjectName)}\"";
        if (certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault() is { } names)
        {
            foreach (string uri in UrisOf(names))
            {
                yield return $"URI=\"{Escape(uri)}\"";
            }

            foreach (string name in names.EnumerateDnsNames())
            {
                yield return $"DNS=\"{Escape(name)}\"";
            }
        }
    }

    /// <summary>Its URIs, such as those of SPIFFE; .NET reads names and addresses alone.</summary>
    private static List<string> UrisOf(X509SubjectAlternativeNameExtension names)
    {
        var uris = new List<string>();
        AsnReader list = new AsnReader(names.RawData, AsnEncodingRules.DER).ReadSequence();
        while (list.HasData)
        {
            if (list.PeekTag().HasSameClassAndValue(Uniform))
            {
                uris.Add(list.ReadCharacterString(UniversalTagNumber.IA5String, Uniform));
            }
            else
            {
                list.ReadEncodedValue();
            }
        }

        return uris;
    }

    // IA5String is all of ASCII, and a header's value less than that.
    private static string Escape(string name) => string.Concat(name.Select(c => c switch
    {
        '"' or '\\' => $"\\{c}",
        < ' ' or > '~' => $"%{(int)c:X2}",
        _ => c.ToString(),
    }));

    private static string Fingerprint(X509Certificate2 certificate) =>
        Convert.ToHexStringLower(certificate.GetCertHash(HashAlgorithmName.SHA256));
}
