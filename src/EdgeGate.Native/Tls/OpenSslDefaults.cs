using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using EdgeGate.Native.Interop;

namespace EdgeGate.Native.Tls;

/// <summary>
/// The cipher suites of TLS 1.2 that this process speaks where nothing else is said. .NET can set them for a connection, but
/// then makes an OpenSSL context for each and resumes no session. OpenSSL's own defaults it takes over.
/// </summary>
public static unsafe partial class OpenSslDefaults
{
    // Forward secrecy and authenticated encryption alone, as RFC 9325, section 4.2, recommends. Those of TLS 1.3 are so anyway.
    private const string Suites =
        "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
        + "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

    /// <summary>
    /// Sets them, unless the machine's openssl.cnf, or one that OPENSSL_CONF names, has chosen others: then its word holds, as
    /// it does for .NET. It must come before anything else uses OpenSSL, because .NET looks at the defaults once.
    /// </summary>
    /// <returns>Whether they are set now; false, too, where there is no OpenSSL 3.</returns>
    public static bool Apply()
    {
        if (!OperatingSystem.IsLinux()
            || !NativeLibrary.TryLoad(LibOpenSsl.Ssl, out _) || !NativeLibrary.TryLoad(LibOpenSsl.Crypto, out _))
        {
            return false;
        }

        // As .NET does it: without NO_ATEXIT OpenSSL would clean up at exit under the feet of threads that still run.
        const ulong Options = LibOpenSsl.OPENSSL_INIT_LOAD_CONFIG | LibOpenSsl.OPENSSL_INIT_NO_ATEXIT
            | LibOpenSsl.OPENSSL_INIT_ADD_ALL_CIPHERS | LibOpenSsl.OPENSSL_INIT_ADD_ALL_DIGESTS
            | LibOpenSsl.OPENSSL_INIT_LOAD_CRYPTO_STRINGS | LibOpenSsl.OPENSSL_INIT_LOAD_SSL_STRINGS;
        bool set = LibOpenSsl.OPENSSL_init_ssl(Options, 0) == 1 && Override();
        LibOpenSsl.ERR_clear_error(); // what was asked for and is not there is an error to OpenSSL, and would be read as .NET's
        return set;
    }

    /// <summary>
    /// Our line to add to a configuration whose TLS defaults have a CipherString, or null where that was somebody's choice.
    /// Distributions write DEFAULT, which is OpenSSL's own list, for the sake of the security level behind it.
    /// </summary>
    internal static string? CipherStringFor(string? existing)
    {
        if (existing is not null && !existing.StartsWith("DEFAULT", StringComparison.Ordinal))
        {
            return null;
        }

        Match level = SecurityLevel().Match(existing ?? "");
        return level.Success ? $"{Suites}:{level.Value}" : Suites;
    }

    /// <summary>Looks up what OpenSSL has read, and has its TLS part read again with our line in it.</summary>
    private static bool Override()
    {
        nint name = LibOpenSsl.CONF_get1_default_config_file();
        string? file = Marshal.PtrToStringUTF8(name);
        LibOpenSsl.CRYPTO_free(name, 0, 0);
        string include = File.Exists(file) ? $".include = {file}\n" : ""; // where there is none, ours is all there is
        nint conf = Parse(include);
        string? modules = Value(conf, "default", "openssl_conf"); // what stands before the first section is in "default"
        string? tls = modules is null ? null : Value(conf, modules, "ssl_conf");
        string? defaults = tls is null ? null : Value(conf, tls, "system_default");
        string? existing = defaults is null ? null : Value(conf, defaults, "CipherString");
        LibOpenSsl.NCONF_free(conf);
        return CipherStringFor(existing) is { } ciphers
            && Load(include, tls ?? "edgegate_tls", defaults ?? "edgegate_defaults", ciphers);
    }

    // As config(5) and SSL_CONF_cmd(3) have it; SSL_CTX_new reads what system_default names. A section that is there already
    // keeps its other lines.
    private static bool Load(string include, string tls, string defaults, string ciphers)
    {
        nint conf = Parse($"""
            {include}
            [default]
            edgegate = edgegate_modules
            [edgegate_modules]
            ssl_conf = {tls}
            [{tls}]
            system_default = {defaults}
            [{defaults}]
            CipherString = {ciphers}

            """);
        fixed (byte* application = "edgegate\0"u8)
        {
            bool loaded = conf != 0 && LibOpenSsl.CONF_modules_load(conf, application, 0) == 1;
            LibOpenSsl.NCONF_free(conf);
            return loaded;
        }
    }

    /// <summary>Reads a text as a configuration; 0 where it is none. A CONF takes one text only.</summary>
    private static nint Parse(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text + "\n");
        fixed (byte* start = bytes)
        {
            nint bio = LibOpenSsl.BIO_new_mem_buf(start, bytes.Length);
            nint conf = LibOpenSsl.NCONF_new(0);
            nint line;
            bool parsed = LibOpenSsl.NCONF_load_bio(conf, bio, &line) == 1;
            _ = LibOpenSsl.BIO_free(bio);
            if (!parsed)
            {
                LibOpenSsl.NCONF_free(conf);
            }

            return parsed ? conf : 0;
        }
    }

    private static string? Value(nint conf, string section, string name)
    {
        fixed (byte* group = Encoding.UTF8.GetBytes(section + "\0"), key = Encoding.UTF8.GetBytes(name + "\0"))
        {
            return conf == 0 ? null : Marshal.PtrToStringUTF8(LibOpenSsl.NCONF_get_string(conf, group, key));
        }
    }

    [GeneratedRegex("@SECLEVEL=[0-5]")]
    private static partial Regex SecurityLevel();
}
