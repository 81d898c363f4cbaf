using EdgeGate.Admin;
using EdgeGate.CommandLine;
using EdgeGate.Configuration;
using EdgeGate.Daemon.Inherited;
using EdgeGate.Limits;
using EdgeGate.Native.Kernel;
using EdgeGate.Native.Sockets;
using EdgeGate.Systemd;
using EdgeGate.Takeover;
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
    /// <param name="takeOver">Whether to take the sockets of the daemon that runs, which then drains and ends.</param>
    /// <param name="announce">Called once everything is bound and served.</param>
    /// <param name="cancellation">Stops it like SIGTERM.</param>
    public static async Task<int> RunAsync(
        LoadedConfiguration loaded, bool takeOver, Action? announce, CancellationToken cancellation)
    {
        using ILoggerFactory logs = DaemonLogging.Create(loaded.Root);
        ILogger log = logs.CreateLogger("EdgeGate");
        GatewayConfig config = loaded.Config!;

        IReadOnlyList<(string Name, InheritedSocket Socket)> passed = ListenDescriptors.Take(log);
        DescriptorLimit descriptors = DescriptorLimit.Raise();
        if (descriptors.Soft < descriptors.Hard)
        {
            DaemonLog.SoftLimitStays(log, descriptors.Soft, descriptors.Hard);
        }

        var kernel = new KernelFactsReader();
        CapacityPlan plan = Preflight.Plan(config, loaded.Tuning, kernel);
        DaemonLog.Findings(log, plan, config.Kernel.Enforcement);
        if (Preflight.Refuses(config, plan))
        {
            DaemonLog.Refused(log);
            return ExitCode.Failed;
        }

        using Predecessor? predecessor = takeOver ? await Predecessor.FindAsync(config.Admin, log) : null;
        if (takeOver && predecessor is null)
        {
            return ExitCode.Failed;
        }

        using var inherited = new InheritedSockets(passed, predecessor, log);
        using var signals = new Signals(cancellation);
        using var changes = new ConfigurationWatcher(() => signals.Raise(Signal.Reload), log);
        changes.Watch(loaded); // before the rest of the start: what changes meanwhile is read when that is over
        await using var gateway = new Gateway(loaded, plan, inherited, logs);
        await using var admin = new AdminServer(gateway, signals, logs);
        if (!await BindAsync(gateway, admin, inherited, log))
        {
            return ExitCode.Failed;
        }

        IdleDescriptors idle = await StartAsync(gateway, admin, predecessor);
        inherited.CloseUnclaimed();
        DaemonLog.Capacity(
            log, gateway.Plan.MaxConnections, gateway.Plan.Binding.Setting, descriptors.Soft, descriptors.Hard);
        await using TakeoverServer? successors = TakeoverServer.Start(gateway, admin, signals, log);
        gateway.IsReady = true;

        using var systemd = new ServiceManager(log);
        await using var reports = ServiceReports.Start(gateway, systemd, predecessor?.Process, log);
        DaemonLog.Serving(log, gateway.Describe(), admin.EndPoint);
        announce?.Invoke();

        if (await ServeAsync(gateway, idle, signals, successors, changes, systemd, reports) == Signal.Stop)
        {
            gateway.IsReady = false;
            reports.Drain();
            DaemonLog.Draining(log, gateway.Connections, gateway.DrainTimeout);
        }

        int aborted = await gateway.DrainAsync();
        DaemonLog.Drained(log, aborted);
        return ExitCode.Good;
    }

    /// <summary>Does all that may fail; whoever is served by a predecessor notices nothing.</summary>
    private static async Task<bool> BindAsync(Gateway gateway, AdminServer admin, InheritedSockets inherited, ILogger log)
    {
        try
        {
            admin.Bind(inherited);
            await gateway.BindAsync();
            return true;
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            DaemonLog.CannotBind(log, e.Message);
            return false;
        }
    }

    /// <summary>
    /// Serves, and plans again with what the daemon itself was found to hold. Where a predecessor has just stopped, clients
    /// wait, and are served before anything is counted.
    /// </summary>
    private static async Task<IdleDescriptors> StartAsync(Gateway gateway, AdminServer admin, Predecessor? predecessor)
    {
        if (predecessor is not null)
        {
            await predecessor.RelieveAsync();
            await gateway.StartAsync();
            gateway.IsReady = true;
        }

        await admin.ServeAsync();
        await WarmUp.RunAsync(admin.EndPoint!);
        var idle = IdleDescriptors.CountNow(gateway.Config, gateway.Gate.Descriptors);
        Replan(gateway, idle);
        if (predecessor is null)
        {
            await gateway.StartAsync();
        }

        return idle;
    }

    private static void Replan(Gateway gateway, IdleDescriptors idle) => gateway.Adopt(Preflight.PlanRunning(
        gateway.Config, gateway.Loaded.Tuning, new KernelFactsReader(), idle, gateway.Connections));

    /// <summary>Serves until it is told to stop, or another process has taken over.</summary>
    /// <returns>Which of the two.</returns>
    private static async Task<Signal> ServeAsync(
        Gateway gateway,
        IdleDescriptors idle,
        Signals signals,
        TakeoverServer? successors,
        ConfigurationWatcher changes,
        ServiceManager systemd,
        ServiceReports reports)
    {
        Request request;
        while ((request = await signals.NextAsync()).Signal != Signal.Stop)
        {
            if (request.Signal == Signal.HandOver)
            {
                if (await successors!.HandOverAsync(reports.SucceedAsync))
                {
                    break;
                }

                continue;
            }

            systemd.Reloading();
            ReloadOutcome outcome = await gateway.ReloadAsync();
            if (outcome.Succeeded)
            {
                Replan(gateway, idle);
                changes.Watch(gateway.Loaded);
            }

            reports.Reloaded();
            request.Answer(outcome);
        }

        signals.Close();
        return request.Signal;
    }
}
