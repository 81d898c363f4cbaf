using System.Security.Cryptography.X509Certificates;
using EdgeGate.Http;
using Yarp.ReverseProxy.Configuration;

namespace EdgeGate.Configuration;

/// <summary>Opens the files that TLS is made of, of listeners and to upstreams, before a client has to find out.</summary>
internal sealed class TlsFiles(ConfigurationReport report, TimeProvider time)
{
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Reports what is wrong with a listener's files.</summary>
    /// <returns>The listener, with what its certificates say of themselves.</returns>
    public ListenerConfig Check(ListenerConfig listener)
    {
        if (listener.Tls is not { } tls)
        {
            return listener;
        }

        var path = $"EdgeGate:Listeners:{listener.Name}:Tls";
        if (tls.ClientCaPath is { } ca)
        {
            CheckAuthorities($"{path}:ClientCaPath", ca);
        }

        return listener with
        {
            Tls = tls with
            {
                Certificates = [.. tls.Certificates.Select((c, i) => CheckCertificate($"{path}:Certificates:{i}", c, tls.OcspStapling))],
            },
        };
    }

    /// <summary>Why a file cannot be read, or null if it can.</summary>
    public static string? WhyUnreadable(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            return null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return $"there is no file {file}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{file} cannot be read: {e.Message}";
        }
    }

    /// <summary>Reports what is wrong with what a cluster's metadata says of TLS.</summary>
    public void Check(ClusterConfig cluster, string? folder)
    {
        var path = $"ReverseProxy:Clusters:{cluster.ClusterId}:Metadata:";
        var written = UpstreamTlsOptions.Keys.Where(key => cluster.Metadata?.ContainsKey(key) == true).ToList();
        if (written.Count == 0)
        {
            return;
        }

        var tls = UpstreamTlsOptions.Of(cluster.Metadata, folder);
        if (tls.CaPath is { } ca)
        {
            CheckAuthorities(path + UpstreamTlsOptions.CaPathKey, ca);
        }

        if (tls.Certificate is { } certificate)
        {
            CheckCertificate(
                path + UpstreamTlsOptions.CertificatePathKey, path + UpstreamTlsOptions.KeyPathKey,
                path + UpstreamTlsOptions.KeyPasswordFileKey, certificate);
        }
        else if (written.Find(key => key is UpstreamTlsOptions.KeyPathKey or UpstreamTlsOptions.KeyPasswordFileKey) is { } alone)
        {
            report.Error(path + alone, $"there is no certificate that it belongs to; write {UpstreamTlsOptions.CertificatePathKey} too");
        }

        if (tls.ServerName is { } name && Uri.CheckHostName(name) != UriHostNameType.Dns)
        {
            report.Error(path + UpstreamTlsOptions.ServerNameKey, $"'{name}' is not a host name, such as app.internal");
        }

        if (cluster.Destinations?.Values.Any(d => d.Address?.StartsWith("https:", StringComparison.OrdinalIgnoreCase) == true) != true)
        {
            report.Warning(path + written[0], "no destination of this cluster is https://, so this key does nothing");
        }
    }

    private CertificateConfig CheckCertificate(string path, CertificateConfig files, bool staples) => files.CertificatePath.Length == 0
        ? files
        : files with
        {
            Dates = CheckCertificate(
                path + ":CertificatePath", path + ":KeyPath", path + ":KeyPasswordFile",
                new HttpCertificateOptions(files.CertificatePath, files.KeyPath, files.KeyPasswordFile), staples),
        };

    private CertificateDates? CheckCertificate(
        string path, string keyPath, string passwordPath, HttpCertificateOptions files, bool staples = false)
    {
        var readable = IsReadable(path, files.CertificatePath);
        readable &= files.KeyPath is null || IsReadable(keyPath, files.KeyPath);
        readable &= files.KeyPasswordFile is null || IsReadable(passwordPath, files.KeyPasswordFile);
        if (!readable)
        {
            return null;
        }

        WarnOfReaders(path, files.CertificatePath, CertificateFiles.HoldsKey(File.ReadAllBytes(files.CertificatePath)));
        WarnOfReaders(keyPath, files.KeyPath, isSecret: true);
        WarnOfReaders(passwordPath, files.KeyPasswordFile, isSecret: true);
        try
        {
            var (leaf, chain) = CertificateFiles.Load(files);
            if (staples && WhyNotStapled(leaf, chain) is { } why)
            {
                report.Warning(path, $"no OCSP response will be stapled to {files.CertificatePath}: {why}");
            }

            foreach (var other in chain)
            {
                other.Dispose();
            }

            using (leaf)
            {
                return new CertificateDates(leaf.NotBefore, leaf.NotAfter, time.GetUtcNow());
            }
        }
        catch (InvalidDataException e)
        {
            report.Error(path, e.Message);
            return null;
        }
    }

    private static string? WhyNotStapled(X509Certificate2 leaf, X509Certificate2Collection chain) =>
        !CertificateFiles.NamesResponder(leaf) ? "it names no responder"
        : !CertificateFiles.IsWhole(leaf, chain) ? "the certificates of its issuers, up to the root, do not all follow it"
        : null;

    private void WarnOfReaders(string path, string? file, bool isSecret)
    {
        if (isSecret && file is not null && !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & Others) != 0)
        {
            report.Warning(path, $"every user of this machine can read {file} or write to it; mend it with: chmod o-rw {file}");
        }
    }

    private void CheckAuthorities(string path, string file)
    {
        if (!IsReadable(path, file))
        {
            return;
        }

        try
        {
            foreach (var authority in CertificateFiles.LoadAuthorities(file))
            {
                authority.Dispose();
            }
        }
        catch (InvalidDataException e)
        {
            report.Error(path, e.Message);
        }
    }

    private bool IsReadable(string path, string file)
    {
        if (WhyUnreadable(file) is not { } why)
        {
            return true;
        }

        report.Error(path, why);
        return false;
    }
}
