using System.Globalization;
using EdgeGate.Configuration;

namespace EdgeGate.Limits;

/// <summary>What ends by the calendar: the certificates of https listeners.</summary>
internal sealed class Certificates : Limit
{
    /// <summary>Time enough to renew by hand; what renews by itself has usually done so by then.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromDays(30);

    public override IEnumerable<Finding> Examine(PlanInput input, long connections) =>
        from listener in input.Config.Listeners
        from certificate in listener.Tls?.Certificates ?? []
        let finding = certificate.Dates is { } dates ? Examine(listener.Name, certificate, dates) : null
        where finding is not null
        select finding;

    private static Finding? Examine(string listener, CertificateConfig certificate, CertificateDates dates)
    {
        string file = certificate.CertificatePath;
        string renew = $"renew {file}, then: edgegate reload";
        if (dates.Read > dates.NotAfter)
        {
            return new Finding(
                Severity.Error, "certificate-expired", $"a certificate of listener {listener} has expired",
                $"{file}, valid until {Day(dates.NotAfter)}", "one that is valid",
                "Clients refuse it: browsers show an error page, others end the handshake.", renew);
        }

        if (dates.Read < dates.NotBefore)
        {
            return new Finding(
                Severity.Error, "certificate-not-yet-valid", $"a certificate of listener {listener} is not valid yet",
                $"{file}, valid from {Day(dates.NotBefore)}", "one that is valid",
                "Clients refuse it until then. Or the clock of this machine is wrong.", renew);
        }

        return dates.NotAfter - dates.Read >= Soon ? null : new Finding(
            Severity.Warning, "certificate-expires", $"a certificate of listener {listener} expires soon",
            $"{file}, valid until {Day(dates.NotAfter)}", "30 days or more",
            "None yet; from that day on clients refuse it. edgegate_certificate_expiry_timestamp_seconds says when.", renew);
    }

    private static string Day(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
