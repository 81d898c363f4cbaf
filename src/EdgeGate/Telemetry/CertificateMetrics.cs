using System.Diagnostics.Metrics;
using EdgeGate.Http;

namespace EdgeGate.Telemetry;

/// <summary>When the certificates end that https listeners show: those in service, not those that lie in the files.</summary>
internal static class CertificateMetrics
{
    public static void Register(Meter meter, Func<IEnumerable<(string Listener, ServedCertificate Certificate)>> served) =>
        meter.CreateObservableGauge(
            "edgegate.certificate.expiry.timestamp",
            () => served().Select(pair => new Measurement<long>(
                pair.Certificate.NotAfter.ToUnixTimeSeconds(),
                new KeyValuePair<string, object?>("listener", pair.Listener),
                new KeyValuePair<string, object?>("certificate", pair.Certificate.Path))),
            unit: "s",
            description: "When a certificate expires, in seconds since 1970-01-01 UTC.");
}
