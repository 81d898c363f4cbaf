using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Authentication;
using EdgeGate.Http;

namespace EdgeGate.Configuration;

/// <summary>Reads a listener's <c>Tls</c>.</summary>
internal sealed class TlsReader(string? folder)
{
    private const string SuiteExample =
        "a cipher suite by its name in IANA's registry, such as TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";

    public TlsConfig Read(SectionReader section)
    {
        var tls = new TlsConfig
        {
            Certificates = [.. section.Section("Certificates").Sections().Select(ReadCertificate)],
            MinimumVersion = section.Choice<TlsVersion>("MinimumVersion") ?? TlsVersion.Tls12,
            CipherSuites = ReadList<TlsCipherSuite>(section, "CipherSuites", SuiteExample),
            OcspStapling = section.Flag("OcspStapling") ?? false,
            ClientCertificate = section.Choice<ClientCertificateMode>("ClientCertificate") ?? ClientCertificateMode.None,
            ClientCaPath = Resolve(section.Text("ClientCaPath")),
            ForwardClientCertificate = ReadList<ClientCertificateHeader>(
                section, "ForwardClientCertificate", "a way to tell of a certificate, such as ClientCert"),
        };
        if (tls is { ForwardClientCertificate.Length: > 0, ClientCertificate: ClientCertificateMode.None })
        {
            section.Error(
                "ForwardClientCertificate",
                "no client is asked for a certificate; write \"ClientCertificate\": \"Require\" or \"Request\"");
        }

        if (CipherSuites.ProtocolsOf(tls.MinimumVersion, tls.CipherSuites) == SslProtocols.None)
        {
            section.Error("CipherSuites", "none of them is of TLS 1.3, and MinimumVersion asks for it; add TLS_AES_256_GCM_SHA384");
        }

        section.RejectUnknown();
        return tls;
    }

    private CertificateConfig ReadCertificate(SectionReader section)
    {
        var certificate = section.Required("CertificatePath", "\"tls/site.pem\"");
        var key = section.Text("KeyPath");
        var password = section.Text("KeyPasswordFile");
        section.RejectUnknown();
        return new CertificateConfig(Resolve(certificate) ?? "", Resolve(key), Resolve(password));
    }

    private static ImmutableArray<T> ReadList<T>(SectionReader section, string key, string what)
        where T : struct, Enum
    {
        var names = section.List(key);
        var known = Enum.GetNames<T>();
        var values = ImmutableArray.CreateBuilder<T>(names.Length);
        for (var i = 0; i < names.Length; i++)
        {
            if (known.Contains(names[i], StringComparer.OrdinalIgnoreCase))
            {
                values.Add(Enum.Parse<T>(names[i], ignoreCase: true));
            }
            else
            {
                section.Error($"{key}:{i}", $"'{names[i]}' is not {what}.{Nearest.Hint(names[i], known)}");
            }
        }

        return values.ToImmutable();
    }

    private string? Resolve(string? path) => string.IsNullOrWhiteSpace(path) ? null : GatewayReader.Resolve(path, folder);
}
