using System.Net.Security;
using System.Security.Authentication;

namespace EdgeGate.Http;

/// <summary>What is known of cipher suites by their names in IANA's registry.</summary>
public static class CipherSuites
{
    /// <summary>Whether a suite is of TLS 1.3, which has its own (RFC 8446, appendix B.4).</summary>
    public static bool IsTls13(this TlsCipherSuite suite) => (int)suite >> 8 == 0x13;

    /// <summary>
    /// Whether a suite has forward secrecy and authenticated encryption, as RFC 9325, section 4.2, recommends for TLS 1.2
    /// and TLS 1.3 always has.
    /// </summary>
    public static bool IsRecommended(this TlsCipherSuite suite)
    {
        string name = suite.ToString();
        return suite.IsTls13()
            || (name.StartsWith("TLS_ECDHE_", StringComparison.Ordinal)
                && !name.Contains("_PSK_", StringComparison.Ordinal)
                && (name.Contains("_GCM_", StringComparison.Ordinal)
                    || name.Contains("_CHACHA20_", StringComparison.Ordinal)
                    || name.Contains("_CCM", StringComparison.Ordinal)));
    }

    /// <summary>The protocols that a listener speaks: those from its oldest on for which it has a suite.</summary>
    public static SslProtocols ProtocolsOf(TlsVersion minimum, IReadOnlyCollection<TlsCipherSuite> suites)
    {
        ArgumentNullException.ThrowIfNull(suites);
        var protocols = SslProtocols.None;
        if (minimum == TlsVersion.Tls12 && (suites.Count == 0 || !suites.All(IsTls13)))
        {
            protocols |= SslProtocols.Tls12;
        }

        return suites.Count == 0 || suites.Any(IsTls13) ? protocols | SslProtocols.Tls13 : protocols;
    }
}
