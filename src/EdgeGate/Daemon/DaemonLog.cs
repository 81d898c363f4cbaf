using System.Net;
using EdgeGate.Configuration;
using EdgeGate.Limits;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Model;

namespace EdgeGate.Daemon;

internal static partial class DaemonLog
{
    /// <summary>Logs each finding at its own level, unless enforcement is off.</summary>
    public static void Findings(ILogger log, CapacityPlan plan, KernelEnforcement enforcement)
    {
        foreach (Finding finding in enforcement == KernelEnforcement.Off ? [] : plan.Findings)
        {
            LogLevel level = finding.Severity switch
            {
                Severity.Error => LogLevel.Error,
                Severity.Warning => LogLevel.Warning,
                _ => LogLevel.Debug,
            };
            Found(log, level, finding.Id, finding.Title, finding.Found, finding.Wanted ?? "-", finding.Remedy ?? "-");
        }
    }

    [LoggerMessage(1, LogLevel.Information,
        "This machine holds {Connections} connections; {Limit} binds (descriptors: soft {Soft}, hard {Hard})")]
    public static partial void Capacity(ILogger log, long connections, string limit, long soft, long hard);

    [LoggerMessage(16, LogLevel.Warning,
        "The soft descriptor limit stays {Soft}: the kernel refused to raise it to the hard limit of {Hard}. Set LimitNOFILE={Soft}:{Soft} to plan with what holds")]
    public static partial void SoftLimitStays(ILogger log, long soft, long hard);

    [LoggerMessage(EventId = 2, Message = "{Id}: {Title}; found {Found}, wanted {Wanted}; remedy: {Remedy}")]
    private static partial void Found(
        ILogger log, LogLevel level, string id, string title, string found, string wanted, string remedy);

    [LoggerMessage(3, LogLevel.Error,
        "Not started: EdgeGate:Kernel:Enforcement is Refuse and there is a finding of level error, see above")]
    public static partial void Refused(ILogger log);

    [LoggerMessage(4, LogLevel.Error, "Not started: {Error}")]
    public static partial void CannotBind(ILogger log, string error);

    [LoggerMessage(5, LogLevel.Information, "Serving: {Listeners}; admin on {Admin}")]
    public static partial void Serving(ILogger log, string listeners, EndPoint? admin);

    [LoggerMessage(6, LogLevel.Information, "Draining {Connections} connections, at most {Deadline}")]
    public static partial void Draining(ILogger log, long connections, TimeSpan deadline);

    [LoggerMessage(7, LogLevel.Information, "Drained; {Aborted} connections were still open at the deadline and were reset")]
    public static partial void Drained(ILogger log, int aborted);

    [LoggerMessage(8, LogLevel.Information, "Configuration {Source} reloaded")]
    public static partial void Reloaded(ILogger log, string source);

    [LoggerMessage(9, LogLevel.Error, "Configuration {Source} refused, the old one serves on: {Errors}")]
    public static partial void ReloadRefused(ILogger log, string source, string errors);

    [LoggerMessage(10, LogLevel.Warning,
        "Configuration {Source}: {Section} has changed, and takes effect at the next start")]
    public static partial void NeedsRestart(ILogger log, string source, string section);

    [LoggerMessage(11, LogLevel.Warning, "Cluster {Cluster}, destination {Destination}: {Host} cannot be resolved: {Error}")]
    public static partial void CannotResolve(ILogger log, string cluster, string destination, string host, string error);

    [LoggerMessage(30, LogLevel.Information, "{Source}, or a file that it names, has changed")]
    public static partial void Changed(ILogger log, string source);

    [LoggerMessage(31, LogLevel.Error,
        "EdgeGate:ReloadOnChange: changes in {Folder} are not noticed: {Error}; SIGHUP reloads all the same")]
    public static partial void CannotWatch(ILogger log, string folder, string error);

    [LoggerMessage(13, LogLevel.Information,
        "Drained what a reload took away; {Aborted} connections were still open at the deadline and were reset")]
    public static partial void DrainedSome(ILogger log, int aborted);

    [LoggerMessage(12, LogLevel.Error, "A certificate was not reloaded, the old one serves on: {Error}")]
    public static partial void CertificateKept(ILogger log, string error);

    [LoggerMessage(14, LogLevel.Warning,
        "Cluster {Cluster}: destination {Destination} takes no new connections (active health {Active}, passive {Passive})")]
    public static partial void DestinationOut(
        ILogger log, string cluster, string destination, DestinationHealth active, DestinationHealth passive);

    [LoggerMessage(15, LogLevel.Information, "Cluster {Cluster}: destination {Destination} takes new connections again")]
    public static partial void DestinationBack(ILogger log, string cluster, string destination);

    [LoggerMessage(16, LogLevel.Warning,
        "Cluster {Cluster}, destination {Destination} ({Address}): no port is left to connect from, {Used} of {Capacity} are "
        + "held; remedy: net.ipv4.ip_local_port_range = 1024 65535, or one more address in EdgeGate.SourceAddresses")]
    public static partial void PortsExhausted(
        ILogger log, string cluster, string destination, EndPoint address, long used, long capacity);

    [LoggerMessage(17, LogLevel.Warning,
        "Cluster {Cluster}, destination {Destination} ({Address}): no port is left to connect from (EADDRNOTAVAIL); EdgeGate "
        + "holds {Used} of {Capacity}, the others belong to other processes or are in TIME-WAIT; remedy: "
        + "net.ipv4.ip_local_port_range = 1024 65535, net.ipv4.tcp_tw_reuse = 1, or one more address in EdgeGate.SourceAddresses")]
    public static partial void PortsHeldElsewhere(
        ILogger log, string cluster, string destination, EndPoint address, long used, long capacity);

    [LoggerMessage(18, LogLevel.Warning,
        "Cluster {Cluster}: no connection can be made from {Source} of EdgeGate.SourceAddresses: {Error}; remedy: "
        + "ip address add {Source} dev INTERFACE, or take it out")]
    public static partial void SourceUnusable(ILogger log, string cluster, IPAddress source, string error);

    [LoggerMessage(19, LogLevel.Warning,
        "Cluster {Cluster}, destination {Destination}: none of its addresses can be reached from EdgeGate.SourceAddresses; "
        + "remedy: name an address of its family there")]
    public static partial void NoSourceFits(ILogger log, string cluster, string destination);

    [LoggerMessage(20, LogLevel.Warning,
        "No descriptor is left for an upstream connection, {Used} of {Capacity} are held; HTTP requests that need one are "
        + "answered 503; remedy: a higher LimitNOFILE, or HTTP/2 to the upstreams")]
    public static partial void DescriptorsExhausted(ILogger log, long used, long capacity);
}
