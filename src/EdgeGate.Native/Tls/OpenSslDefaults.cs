using System.Runtime.InteropServices;
using System.Text;
using EdgeGate.Native.Interop;

namespace EdgeGate.Native.Tls;

/// <summary>
/// The cipher suites of TLS 1.2 that this process speaks where nothing else is said. .NET can set them for a connection, but
/// then makes an OpenSSL context for each and resumes no session. OpenSSL's own defaults it takes over.
/// </summary>
public static unsafe class OpenSslDefaults
{
    // Forward secrecy and authenticated encryption alone, as RFC 9325, section 4.2, recommends. Those of TLS 1.3 are so anyway.
    private const string Suites =
        "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
        + "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

    // As config(5) and SSL_CONF_cmd(3) have it; SSL_CTX_new reads what system_default names.
    private const string Configuration = $"""
        edgegate = modules
        [modules]
        ssl_conf = tls
        [tls]
        system_default = defaults
        [defaults]
        CipherString = {Suites}

        """;

    /// <summary>
    /// Sets them, unless the machine's openssl.cnf, or one that OPENSSL_CONF names, has TLS defaults: then its word holds, as it
    /// does for .NET. It must come before anything else uses OpenSSL, because .NET looks at the defaults once.
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
        bool set = LibOpenSsl.OPENSSL_init_ssl(Options, 0) == 1 && !HasDefaults() && Load();
        LibOpenSsl.ERR_clear_error(); // what was asked for and is not there is an error to OpenSSL, and would be read as .NET's
        return set;
    }

    private static bool HasDefaults()
    {
        nint context = LibOpenSsl.SSL_CTX_new(LibOpenSsl.TLS_method());
        fixed (byte* name = "system_default\0"u8)
        {
            bool has = context != 0 && LibOpenSsl.SSL_CTX_config(context, name) == 1;
            LibOpenSsl.SSL_CTX_free(context);
            return has;
        }
    }

    private static bool Load()
    {
        byte[] text = Encoding.ASCII.GetBytes(Configuration);
        fixed (byte* start = text, application = "edgegate\0"u8)
        {
            nint bio = LibOpenSsl.BIO_new_mem_buf(start, text.Length);
            nint conf = LibOpenSsl.NCONF_new(0);
            nint line;
            bool loaded = bio != 0 && conf != 0 && LibOpenSsl.NCONF_load_bio(conf, bio, &line) == 1
                && LibOpenSsl.CONF_modules_load(conf, application, 0) == 1;
            LibOpenSsl.NCONF_free(conf);
            _ = LibOpenSsl.BIO_free(bio);
            return loaded;
        }
    }
}
