using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeGate.Http;

/// <summary>Reads certificates from the files that operators have.</summary>
public static class CertificateFiles
{
    private const string EncryptedKey = "-----BEGIN ENCRYPTED PRIVATE KEY-----"; // RFC 7468, section 11

    /// <summary>Reads a certificate that has its private key.</summary>
    /// <returns>The certificate, and the others of its file, which are its chain.</returns>
    /// <exception cref="InvalidDataException">A file cannot be used; the message names it and says why.</exception>
    public static (X509Certificate2 Leaf, X509Certificate2Collection Chain) Load(HttpCertificateOptions files)
    {
        ArgumentNullException.ThrowIfNull(files);
        try
        {
            string? password = files.KeyPasswordFile is { } file ? ReadPassword(file) : null;
            byte[] content = File.ReadAllBytes(files.CertificatePath);
            return IsPfx(content) ? FromPfx(files, content, password) : FromPem(files, password);
        }
        catch (Exception unusable) when (unusable
            is IOException or CryptographicException or UnauthorizedAccessException or ArgumentException)
        {
            string with = files.KeyPath is { } key ? $" with {key}" : "";
            throw new InvalidDataException(
                $"{files.CertificatePath}{with} is no usable certificate: {unusable.Message}", unusable);
        }
    }

    /// <summary>Reads certificates of authorities, as PEM.</summary>
    /// <exception cref="InvalidDataException">The file holds none.</exception>
    public static X509Certificate2Collection LoadAuthorities(string path)
    {
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(path);
            return authorities.Count > 0
                ? authorities
                : throw new InvalidDataException($"{path} holds no PEM certificate");
        }
        catch (Exception unusable) when (unusable is IOException or CryptographicException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{path} holds no usable authority: {unusable.Message}", unusable);
        }
    }

    /// <summary>Whether a certificate's chain is known up to a root, trusted or not, without asking the network.</summary>
    public static bool IsWhole(X509Certificate2 leaf, X509Certificate2Collection chain)
    {
        using var built = new X509Chain();
        built.ChainPolicy.ExtraStore.AddRange(chain);
        built.ChainPolicy.DisableCertificateDownloads = true;
        built.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        built.ChainPolicy.VerificationFlags = X509VerificationFlags.AllFlags;
        built.Build(leaf);
        return !built.ChainStatus.Any(status => status.Status.HasFlag(X509ChainStatusFlags.PartialChain));
    }

    /// <summary>Whether a certificate says where to ask whether it is revoked (RFC 6960, section 3.1).</summary>
    public static bool NamesResponder(X509Certificate2 leaf)
    {
        ArgumentNullException.ThrowIfNull(leaf);
        return leaf.Extensions.OfType<X509AuthorityInformationAccessExtension>().Any(access => access.EnumerateOcspUris().Any());
    }

    /// <summary>Whether a file holds a private key, and so is nobody else's to read.</summary>
    public static bool HoldsKey(ReadOnlySpan<byte> content) =>
        IsPfx(content) || content.IndexOf("PRIVATE KEY-----"u8) >= 0;

    // PEM is text; DER begins with a SEQUENCE (ITU-T X.690), and of the two DER formats only a PFX has a key.
    private static bool IsPfx(ReadOnlySpan<byte> content) => content.StartsWith((byte)0x30);

    private static string ReadPassword(string file) => File.ReadLines(file).FirstOrDefault() ?? "";

    private static (X509Certificate2 Leaf, X509Certificate2Collection Chain) FromPfx(
        HttpCertificateOptions files, byte[] content, string? password)
    {
        if (files.KeyPath is not null)
        {
            throw new CryptographicException("a PFX holds its key; take KeyPath out");
        }

        X509Certificate2Collection all = X509CertificateLoader.LoadPkcs12Collection(
            content, password, OperatingSystem.IsMacOS() ? X509KeyStorageFlags.DefaultKeySet : X509KeyStorageFlags.EphemeralKeySet);
        X509Certificate2 leaf = all.FirstOrDefault(certificate => certificate.HasPrivateKey)
            ?? throw new CryptographicException("it holds no private key");
        all.Remove(leaf);
        return (leaf, all);
    }

    private static (X509Certificate2 Leaf, X509Certificate2Collection Chain) FromPem(
        HttpCertificateOptions files, string? password)
    {
        string certificates = File.ReadAllText(files.CertificatePath);
        string key = files.KeyPath is null ? certificates : File.ReadAllText(files.KeyPath);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(certificates);
        if (chain.Count > 0)
        {
            chain.RemoveAt(0);
        }

        return (Join(certificates, key, password), chain);
    }

    private static X509Certificate2 Join(string certificates, string key, string? password)
    {
        // OpenSSL's own way of encrypting, with a digest that nobody should use: not in PKCS #8, and not in .NET.
        if (key.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
        {
            throw new CryptographicException(
                "the key is encrypted in OpenSSL's old format; make it PKCS #8 with: openssl pkcs8 -topk8 -in OLD -out NEW");
        }

        if (!key.Contains(EncryptedKey, StringComparison.Ordinal))
        {
            return X509Certificate2.CreateFromPem(certificates, key);
        }

        return password is not null
            ? X509Certificate2.CreateFromEncryptedPem(certificates, key, password)
            : throw new CryptographicException("the key is encrypted; name the file of its password in KeyPasswordFile");
    }
}
