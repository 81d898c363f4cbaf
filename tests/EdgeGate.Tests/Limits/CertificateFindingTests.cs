using EdgeGate.Configuration;
using EdgeGate.Limits;
using EdgeGate.Tests.Configuration;

namespace EdgeGate.Tests.Limits;

public sealed class CertificateFindingTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(-400, 31, null, null)]
    [InlineData(-400, 29, "certificate-expires", Severity.Warning)]
    [InlineData(-400, -1, "certificate-expired", Severity.Error)]
    [InlineData(1, 400, "certificate-not-yet-valid", Severity.Error)]
    public async Task A_certificate_is_told_by_its_dates(int from, int until, string? id, object? severity)
    {
        var plan = await PlanAsync(new CertificateDates(Now.AddDays(from), Now.AddDays(until), Now));

        if (id is null)
        {
            Assert.DoesNotContain(plan.Findings, f => f.Id.StartsWith("certificate", StringComparison.Ordinal));
            return;
        }

        var finding = plan.Only(id);
        Assert.Equal(severity, finding.Severity);
        Assert.Contains("/tls/site.pem", finding.Found);
        Assert.Contains("listener web", finding.Title);
        Assert.Equal(finding.Severity == Severity.Error, plan.HasErrors);
    }

    private static async Task<CapacityPlan> PlanAsync(CertificateDates dates)
    {
        var config = await Loaded.GoodAsync(Loaded.Json());
        var certificate = new CertificateConfig("/tls/site.pem") { Dates = dates };
        var listeners = config.Listeners.Select(l => l.Name != "web" ? l : l with
        {
            Protocol = ListenerProtocol.Https,
            Tls = new TlsConfig { Certificates = [certificate] },
        });
        return CapacityPlan.Create(Plans.Machine(20_000), config with { Listeners = [.. listeners] }, tuning: null);
    }
}
