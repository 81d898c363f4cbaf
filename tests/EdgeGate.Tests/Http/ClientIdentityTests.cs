using System.Security.Cryptography.X509Certificates;
using EdgeGate.Http;
using EdgeGate.Http.Tls;

namespace EdgeGate.Tests.Http;

public sealed class ClientIdentityTests
{
    [Theory]
    [InlineData("Client-Cert")]
    [InlineData("client-cert")]
    [InlineData("CLIENT_CERT")]
    [InlineData("Client_Cert-Chain")]
    [InlineData("X-Forwarded_Client-Cert")]
    [InlineData("x.ssl.client.verify")]
    [InlineData("X_SSL_Client_S_DN")]
    [InlineData("X-SSL-Client-Anything")]
    [InlineData("X-SSL-Cert")]
    [InlineData("X-Client-Cert-Subject")]
    [InlineData("ssl-client-subject-dn")]
    public void A_name_that_upstreams_may_believe_is_reserved(string name) =>
        Assert.True(ClientIdentityHeaders.IsReserved(name));

    [Theory]
    [InlineData("")]
    [InlineData("Client-Certainty")]
    [InlineData("X-Client-Id")]
    [InlineData("X-Forwarded-For")]
    [InlineData("X-SSL")]
    [InlineData("Cookie")]
    [InlineData("Sec-Fetch-Mode")]
    public void Other_names_are_the_clients_own(string name) => Assert.False(ClientIdentityHeaders.IsReserved(name));

    [Theory]
    [InlineData("CN=client, O=Example, C=DE", "CN=client,O=Example,C=DE")]
    [InlineData("CN=\" edge\", O=\"A, B + C\"", "CN=\\ edge,O=A\\, B \\+ C")]
    [InlineData("CN=\"a\"\"b\\c\"", "CN=a\\\"b\\\\c")]
    [InlineData("CN=müller", "CN=m\\C3\\BCller")]
    [InlineData("CN=\"a\r\nX-SSL-Client-Verify: SUCCESS\"", "CN=a\\0D\\0AX-SSL-Client-Verify: SUCCESS")]
    [InlineData("OID.2.5.4.5=42", "2.5.4.5=42")]
    public void A_name_is_written_as_rfc_4514_says(string name, string text) =>
        Assert.Equal(text, DistinguishedNameText.Of(new X500DistinguishedName(name)));
}
