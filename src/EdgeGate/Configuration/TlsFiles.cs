using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeGate.Configuration;

/// <summary>Opens the files that a listener's Tls names, before a client has to find out.</summary>
internal sealed class TlsFiles(ConfigurationReport report, TimeProvider time)
{
    public void Check(ListenerConfig listener)
    {
        if (listener.Tls is not { } tls)
        {
            return;
        }

        var path = $"EdgeGate:Listeners:{listener.Name}:Tls";
        for (var i = 0; i < tls.Certificates.Length; i++)
        {
            CheckPair($"{path}:Certificates:{i}", tls.Certificates[i]);
        }

        if (tls.ClientCaPath is { } ca && IsReadable($"{path}:ClientCaPath", ca))
        {
            CheckAuthorities($"{path}:ClientCaPath", ca);
        }
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

    private void CheckPair(string path, CertificateConfig pair)
    {
        if (pair.CertificatePath.Length == 0)
        {
            return;
        }

        var readable = IsReadable(path + ":CertificatePath", pair.CertificatePath);
        readable &= pair.KeyPath is null || IsReadable(path + ":KeyPath", pair.KeyPath);
        if (!readable)
        {
            return;
        }

        try
        {
            using var certificate = X509Certificate2.CreateFromPemFile(pair.CertificatePath, pair.KeyPath);
            CheckDates(path, certificate);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            report.Error(path + ":CertificatePath", $"not a PEM certificate with its key: {e.Message}");
        }
    }

    private void CheckDates(string path, X509Certificate2 certificate)
    {
        var now = time.GetUtcNow();
        if (now > certificate.NotAfter)
        {
            report.Warning(
                path + ":CertificatePath",
                $"the certificate expired on {certificate.NotAfter:yyyy-MM-dd}; clients will refuse it");
        }
        else if (now < certificate.NotBefore)
        {
            report.Warning(
                path + ":CertificatePath", $"the certificate is valid only from {certificate.NotBefore:yyyy-MM-dd}");
        }
    }

    private void CheckAuthorities(string path, string file)
    {
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(file);
            if (authorities.Count == 0)
            {
                report.Error(path, $"{file} holds no PEM certificate");
            }
        }
        catch (CryptographicException e)
        {
            report.Error(path, $"{file} holds no PEM certificate: {e.Message}");
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
