using System.Runtime.InteropServices;

namespace EdgeGate.Native.Interop;

/// <summary>
/// What of OpenSSL 3 is needed before .NET uses it: see OPENSSL_init_ssl(3), CONF_modules_load(3), SSL_CONF_cmd(3). .NET loads
/// the library by the same name, so this is the very one that it uses.
/// </summary>
internal static unsafe partial class LibOpenSsl
{
    internal const string Ssl = "libssl.so.3";
    internal const string Crypto = "libcrypto.so.3";

    internal const ulong OPENSSL_INIT_LOAD_CRYPTO_STRINGS = 0x00000002;
    internal const ulong OPENSSL_INIT_ADD_ALL_CIPHERS = 0x00000004;
    internal const ulong OPENSSL_INIT_ADD_ALL_DIGESTS = 0x00000008;
    internal const ulong OPENSSL_INIT_LOAD_CONFIG = 0x00000040;
    internal const ulong OPENSSL_INIT_NO_ATEXIT = 0x00080000;
    internal const ulong OPENSSL_INIT_LOAD_SSL_STRINGS = 0x00200000;

    [LibraryImport(Ssl)]
    internal static partial int OPENSSL_init_ssl(ulong opts, nint settings);

    [LibraryImport(Crypto)]
    internal static partial void ERR_clear_error();

    [LibraryImport(Crypto)]
    internal static partial nint BIO_new_mem_buf(byte* buf, int len);

    [LibraryImport(Crypto)]
    internal static partial int BIO_free(nint bio);

    [LibraryImport(Crypto)]
    internal static partial nint NCONF_new(nint method);

    [LibraryImport(Crypto)]
    internal static partial void NCONF_free(nint conf);

    [LibraryImport(Crypto)]
    internal static partial nint CONF_get1_default_config_file();

    [LibraryImport(Crypto)]
    internal static partial void CRYPTO_free(nint pointer, nint file, int line);

    [LibraryImport(Crypto)]
    internal static partial nint NCONF_get_string(nint conf, byte* group, byte* name);

    [LibraryImport(Crypto)]
    internal static partial int NCONF_load_bio(nint conf, nint bio, nint* errorLine);

    [LibraryImport(Crypto)]
    internal static partial int CONF_modules_load(nint conf, byte* application, nuint flags);
}
