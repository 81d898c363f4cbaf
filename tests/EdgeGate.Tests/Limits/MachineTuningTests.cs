using System.Diagnostics;
using System.Globalization;
using EdgeGate.CommandLine;
using EdgeGate.Limits;
using EdgeGate.Limits.Tuning;
using EdgeGate.Native.Kernel;
using EdgeGate.Tests.Configuration;
using EdgeGate.Tests.Kernel;

namespace EdgeGate.Tests.Limits;

public sealed class MachineTuningTests
{
    // An address: one range of ports for each listener. A name: no bound.
    public static TheoryData<string, int, string, string> Wishes()
    {
        var wishes = new TheoryData<string, int, string, string>();
        foreach (string profile in new[] { "density", "throughput" })
        {
            foreach (string machine in new[] { Recordings.Server, Machines.DebianDefaults, Machines.Conntrack, Machines.TinyPortRange })
            {
                wishes.Add(machine, 1_000, profile, "127.0.0.1");
                wishes.Add(machine, 50_000, profile, "127.0.0.1");
                wishes.Add(machine, 300_000, profile, "app.example");
            }
        }

        return wishes;
    }

    [Theory]
    [MemberData(nameof(Wishes))]
    public async Task A_machine_so_tuned_has_no_findings(string recording, int connections, string profile, string host)
    {
        using var recorded = new RecordedMachine(recording);
        KernelFacts machine = new KernelFactsReader(recorded.Root).Read() with { TotalMemory = 64L << 30 };
        foreach (string limits in new[] { $$""", "Limits": { "MaxConnections": {{connections}} }""", "" })
        {
            string json = Loaded.Json(section: limits).Replace("http://127.0.0.1", "http://" + host, StringComparison.Ordinal)
                .Replace("tcp://127.0.0.1", "tcp://" + host, StringComparison.Ordinal);
            var tuning = MachineTuning.Create(
                machine, await Loaded.GoodAsync(json), connections, Enum.Parse<TuningProfile>(profile, ignoreCase: true));

            var after = await Plans.MakeAsync(
                Apply(machine, tuning), json, TuneText.Write(tuning, "test.json", TuneFormat.Sysctl));

            Assert.Empty(after.Findings);
            Assert.InRange(after.MaxConnections, connections, connections * 1.1 + 1024);
            Assert.Empty(tuning.Notes);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(""", "ReceiveBuffer": 300000, "SendBuffer": 300000 """)]
    public async Task Datagrams_and_fixed_buffers_are_tuned_for_too(string buffers)
    {
        string json = Loaded.Udp(destination: "udp://dns.example:53", more: buffers)
            .Replace("\"EdgeGate\": {", """ "EdgeGate": { "Limits": { "MaxConnections": 20000 }, """, StringComparison.Ordinal);
        var machine = Plans.Machine(
            20_000, ("net.ipv4.udp_mem", "100 200 300"), ("net.ipv4.tcp_mem", "100 200 300"), ("net.core.rmem_max", "212992"),
            ("net.core.wmem_max", "212992"));
        var tuning = MachineTuning.Create(machine, await Loaded.GoodAsync(json), 20_000, TuningProfile.Density);

        var after = await Plans.MakeAsync(Apply(machine, tuning), json);

        Assert.Empty(after.Findings);
        Assert.Equal(20_000, after.MaxConnections);
        Assert.Equal("udp-memory", (await Plans.MakeAsync(machine, json)).Binding.Resource);
    }

    [Fact]
    public async Task What_a_machine_has_is_never_taken_away()
    {
        var machine = Plans.Machine(
            20_000, ("net.core.somaxconn", "65535"), ("fs.nr_open", "9000000"), ("net.core.rmem_max", "90000000"),
            ("net.ipv4.tcp_mem", "9000000 9000001 9000002"), ("net.ipv4.ip_local_reserved_ports", "30000-30010"));

        var tuning = await TuneAsync(machine, 1_000);

        Assert.Equal("65535", tuning["net.core.somaxconn"]);
        Assert.Equal("9000000", tuning["fs.nr_open"]);
        Assert.Equal("90000000", tuning["net.core.rmem_max"]);
        Assert.Equal("9000000 9000001 9000002", tuning["net.ipv4.tcp_mem"]);
        Assert.Equal("30000-30010", tuning["net.ipv4.ip_local_reserved_ports"]);
    }

    [Fact]
    public async Task Ports_are_taken_from_further_down_only_when_they_are_needed_and_listeners_keep_theirs()
    {
        Assert.Equal("10240 65535", (await TuneAsync(Plans.Machine(20_000), 50_000))["net.ipv4.ip_local_port_range"]);

        var many = await TuneAsync(Plans.Machine(20_000), 60_000);
        Assert.Equal("1024 65535", many["net.ipv4.ip_local_port_range"]);
        Assert.Equal("7000,8080,9901", many["net.ipv4.ip_local_reserved_ports"]);
    }

    [Fact]
    public async Task What_no_setting_mends_is_said()
    {
        var tuning = MachineTuning.Create(
            Plans.Machine(20_000) with { TotalMemory = 1L << 30 }, await Loaded.GoodAsync(Loaded.Json()), 3_000_000, TuningProfile.Density);

        // 64,512 ports less 3 of listeners: 3,000,000 connections want them 47 times.
        Assert.Contains(tuning.Notes, note => note.StartsWith("game needs 47 pairs", StringComparison.Ordinal));
        Assert.Contains(tuning.Notes, note => note.StartsWith("This machine has 1 GiB of memory", StringComparison.Ordinal));
        Assert.Contains(tuning.Notes, note => note.Contains("\"MaxConnections\": 3000000", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("kernel-tuning.conf")]
    [InlineData("kernel-tuning-density.conf")]
    [InlineData("kernel-tuning-throughput.conf")]
    public void The_profiles_that_are_shipped_parse_and_every_line_says_why(string name)
    {
        string file = Path.Combine(AppContext.BaseDirectory, "config", name);
        var tuning = TuningFile.Read(file);

        Assert.Empty(tuning.Errors);
        Assert.InRange(tuning.Entries.Length, 8, 40);
        string[] lines = File.ReadAllLines(file);
        Assert.All(tuning.Entries, entry => Assert.StartsWith("#", lines[entry.Line - 2], StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_shipped_and_what_is_printed_is_read_by_sysctl_itself()
    {
        string? program = new[] { "/usr/sbin/sysctl", "/sbin/sysctl" }.FirstOrDefault(File.Exists);
        if (program is null)
        {
            Assert.Skip("sysctl is missing: install the package procps");
        }

        var tuning = MachineTuning.Create(
            Plans.Machine(20_000), await Loaded.GoodAsync(Loaded.Udp()), 50_000, TuningProfile.Throughput);
        using var folder = new RecordedMachine();
        folder.Write("printed.conf", TuneText.Write(tuning, "test.json", TuneFormat.Sysctl));
        string[] files =
        [
            .. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "config"), "*.conf"), Path.Combine(folder.Root, "printed.conf"),
        ];

        Assert.Equal(4, files.Length);
        foreach (string file in files)
        {
            // It reads, and writes nothing; that this machine lacks a setting is no fault of the file.
            using var sysctl = Process.Start(new ProcessStartInfo(program, ["--dry-run", "--ignore", "--load=" + file])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            Task<string> complaints = sysctl.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            string[] read = (await sysctl.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Split('\n');
            await sysctl.WaitForExitAsync(TestContext.Current.CancellationToken);
            if ((await complaints).Contains("unrecognized option", StringComparison.Ordinal))
            {
                Assert.Skip("this sysctl has no --dry-run: procps 4 has");
            }

            Assert.Equal("", await complaints);
            Assert.Equal(0, sysctl.ExitCode);
            Assert.All(
                TuningFile.Read(file).Entries.Where(e => File.Exists("/proc/sys/" + e.Key.Path)),
                e => Assert.Contains($"{e.Key} = {e.Value}", read));
        }
    }

    private static async Task<Dictionary<string, string>> TuneAsync(KernelFacts machine, long connections)
    {
        var tuning = MachineTuning.Create(
            machine, await Loaded.GoodAsync(Loaded.Json()), connections, TuningProfile.Density);
        Assert.All(tuning.Settings, setting => Assert.NotEmpty(setting.Why));
        return tuning.Settings.ToDictionary(s => s.Key, s => s.Value);
    }

    /// <summary>What the machine says once the kernel and systemd have taken the settings.</summary>
    private static KernelFacts Apply(KernelFacts machine, MachineTuning tuning)
    {
        foreach (Setting setting in tuning.Settings)
        {
            machine = setting.Key switch
            {
                "LimitNOFILE" => machine with { OpenFiles = new ResourceLimit(1024, Number(setting.Value)) },
                "TasksMax" => machine with { CgroupPids = new CgroupLimit(Number(setting.Value), 0, "pids.max") },
                "MemoryMax" => machine with
                {
                    CgroupMemory = new CgroupLimit(Number(setting.Value.TrimEnd('M')) << 20, 0, "memory.max"),
                },
                _ => machine with { Sysctls = machine.Sysctls.SetItem(setting.Key, setting.Value) },
            };
        }

        return machine;
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
