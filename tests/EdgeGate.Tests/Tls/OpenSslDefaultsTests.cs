using EdgeGate.Native.Tls;

namespace EdgeGate.Tests.Tls;

public sealed class OpenSslDefaultsTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("DEFAULT", "")]
    [InlineData("DEFAULT:@SECLEVEL=2", ":@SECLEVEL=2")]
    [InlineData("DEFAULT@SECLEVEL=1", ":@SECLEVEL=1")]
    public void Openssls_own_list_gives_way_and_its_security_level_stays(string? existing, string level)
    {
        string? ciphers = OpenSslDefaults.CipherStringFor(existing);

        Assert.StartsWith("ECDHE-ECDSA-AES256-GCM-SHA384:", ciphers, StringComparison.Ordinal);
        Assert.EndsWith("CHACHA20-POLY1305" + level, ciphers, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HIGH:!aNULL")]
    [InlineData("@SECLEVEL=2:kEECDH:kRSA:-aDSS")] // as a crypto policy of the whole system has it
    public void A_choice_of_the_machines_stays(string existing) => Assert.Null(OpenSslDefaults.CipherStringFor(existing));
}
