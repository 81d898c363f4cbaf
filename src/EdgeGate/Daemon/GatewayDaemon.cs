using EdgeGate.Admin;
using EdgeGate.CommandLine;
using EdgeGate.Configuration;
using EdgeGate.Daemon.Inherited;
using EdgeGate.Limits;
using EdgeGate.Native.Kernel;
using EdgeGate.Systemd;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Daemon;

/// <summary>The daemon's life, from a valid configuration to the exit code.</summary>
internal static class GatewayDaemon
{
    /// <summary>
    /// Reads the kernel, plans, binds, serves until told to stop, drains. Gives the exit code: 0 after a drain, 1 when
    /// it could not start.
    /// </summary>
    /// <param name="loaded">A configuration without errors.</param>
    /// <param name="announce">Called once everything is bound and served.</param>
    /// <param name="cancellation">Stops it like SIGTERM.</param>
    public static async Task<int> RunAsync(
        LoadedConfiguration loaded, Action? announce, CancellationToken cancellation)
    {
        using ILoggerFactory logs = DaemonLogging.Create(loaded.Root);
        ILogger log = logs.CreateLogger("EdgeGate");
        GatewayConfig config = loaded.Config!;

        using var systemd = new ServiceManager(log);
        using var inherited = new InheritedSockets(ListenDescriptors.Take(log), log);
        DescriptorLimit descriptors = DescriptorLimit.Raise();
        var kernel = new KernelFactsReader();
        CapacityPlan plan = Preflight.Plan(config, loaded.Tuning, kernel);
        DaemonLog.Findings(log, plan, config.Kernel.Enforcement);
        if (Preflight.Refuses(config, plan))
        {
            DaemonLog.Refused(log);
            return ExitCode.Failed;
        }

        using var signals = new Signals(cancellation);
        await using var gateway = new Gateway(loaded, plan, inherited, logs);
        await using var admin = new AdminServer(gateway, signals, logs);
        try
        {
            await gateway.BindAsync();
            await admin.BindAsync();
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            DaemonLog.CannotBind(log, e.Message);
            return ExitCode.Failed;
        }

        inherited.CloseUnclaimed();
        await WarmUp.RunAsync(admin.EndPoint!);
        gateway.Adopt(Preflight.PlanRunning(config, loaded.Tuning, kernel));
        DaemonLog.Capacity(
            log, gateway.Plan.MaxConnections, gateway.Plan.Binding.Setting, descriptors.Soft, descriptors.Hard);

        await gateway.StartAsync();
        gateway.IsReady = true;
        await using var reports = ServiceReports.Start(gateway, systemd, log);
        DaemonLog.Serving(log, gateway.Describe(), admin.EndPoint);
        announce?.Invoke();

        while (await signals.NextAsync() is { Signal: Signal.Reload } request)
        {
            systemd.Reloading();
            ReloadOutcome outcome = await gateway.ReloadAsync();
            if (outcome.Succeeded)
            {
                gateway.Adopt(Preflight.PlanRunning(gateway.Config, gateway.Loaded.Tuning, kernel));
            }

            reports.Reloaded();
            request.Answer(outcome);
        }

        signals.Close();
        gateway.IsReady = false;
        reports.Drain();
        DaemonLog.Draining(log, gateway.Connections, gateway.DrainTimeout);
        int aborted = await gateway.DrainAsync();
        DaemonLog.Drained(log, aborted);
        return ExitCode.Good;
    }
}
