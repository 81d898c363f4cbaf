using EdgeGate.Limits;
using EdgeGate.Native.Kernel;
using EdgeGate.Tests.Configuration;

namespace EdgeGate.Tests.Limits;

public sealed class CapacityPlanTests
{
    // What the idle daemon holds, by its estimate, the reserve, and the pipes.
    private const long Base = Idle + 64 + Pipes;

    // Sixteen of two descriptors on each of two loops.
    private const long Pipes = 2 * 32;

    // The runtime under the JIT, HttpClient; two listeners of two, two loops of two, the admin address.
    private const long Idle = 222 + 28 + 4 + 4 + 1;

    [Fact]
    public async Task Auto_gives_what_the_hard_limit_leaves()
    {
        var plan = await Plans.MakeAsync(Plans.Machine(20_000));

        Assert.Equal((20_000 - Base) / 2, plan.MaxConnections);
        Assert.Equal("RLIMIT_NOFILE", plan.Binding.Setting);
        Assert.Equal(20_000, plan.Binding.Total);
        Assert.Equal(Base, plan.Binding.Base);
        Assert.Equal(2, plan.Listeners.Length);
        Assert.All(plan.Listeners, l => Assert.Equal((2, plan.MaxConnections), (l.Descriptors, l.MaxConnections)));
        Assert.False(plan.HasErrors);
    }

    [Theory]
    [InlineData("fs.nr_open", "5000", "fs.nr_open", 5000)]
    [InlineData("fs.file-max", "7000", "fs.file-max", 6000)]
    [InlineData("fs.file-max", "9223372036854775807", "RLIMIT_NOFILE", 20_000)]
    public async Task The_tightest_setting_is_the_one_that_is_named(string name, string value, string setting, long total)
    {
        var plan = await Plans.MakeAsync(Plans.Machine(20_000, (name, value), ("fs.file-nr", "1000 0 7000")));

        Assert.Equal((setting, total), (plan.Binding.Setting, plan.Binding.Total));
    }

    [Theory]
    [InlineData(1L << 30)]
    [InlineData(ResourceLimit.Unlimited)]
    public async Task A_limit_of_a_billion_sizes_nothing(long hard)
    {
        var plan = await Plans.MakeAsync(Plans.Machine(hard));

        Assert.Equal((Descriptors.Ceiling - Base) / 2, plan.MaxConnections);
        Assert.Equal(Severity.Info, plan.Only("descriptors-ceiling").Severity);
    }

    [Fact]
    public async Task Of_a_tight_limit_the_reserve_takes_a_quarter_of_what_is_left()
    {
        // 400 - 259 = 141 are left; the reserve gets 35 of them, not 64; pipes none; 106 hold 53 connections of two.
        var plan = await Plans.MakeAsync(Plans.Machine(400));

        Assert.Equal(53, plan.MaxConnections);
        Assert.False(plan.Splices);
    }

    [Fact]
    public async Task Relays_that_only_copy_need_no_pipes()
    {
        var plan = await Plans.MakeAsync(
            Plans.Machine(20_000), Loaded.Json(section: """, "Transport": { "Splice": "off" }"""));

        Assert.False(plan.Splices);
        Assert.Equal((20_000 - (Base - Pipes)) / 2, plan.MaxConnections);
    }

    [Fact]
    public async Task A_running_daemon_plans_with_what_it_holds_and_with_the_limit_that_it_could_raise()
    {
        var facts = Plans.Machine(20_000) with { OwnDescriptors = 100, OpenFiles = new ResourceLimit(19_000, 20_000) };

        Assert.Equal((19_000 - 100 - 28 - 64 - Pipes) / 2, (await Plans.MakeAsync(facts)).MaxConnections);
    }

    [Fact]
    public async Task A_daemon_with_connections_does_not_count_them_as_others()
    {
        var facts = Plans.Machine(
            20_000, ("net.netfilter.nf_conntrack_max", "12000"), ("net.netfilter.nf_conntrack_count", "8100"),
            ("fs.file-max", "19500"), ("fs.file-nr", "9000 0 19500"))
            with
        { OwnDescriptors = 100, OpenFiles = new ResourceLimit(20_000, 20_000), OwnConnections = 4_000 };

        var plan = await Plans.MakeAsync(facts);

        // Of 8,100 entries 100 are others'; of 9,000 open files 900.
        Assert.Equal((12_000 - 100) / 2, plan.MaxConnections);
        Assert.Equal(19_500 - 900, plan.Limits.Single(l => l.Resource == "descriptors").Total);
    }

    [Fact]
    public async Task Descriptors_of_an_idle_daemon_follow_its_listeners_and_not_its_connections()
    {
        var before = await Loaded.GoodAsync(Loaded.Json());
        var after = await Loaded.GoodAsync(Loaded.Udp());

        // One UDP socket more on each of two loops.
        Assert.Equal(502, new IdleDescriptors(500, before).With(Plans.Machine(20_000), after));
        Assert.Equal(500, new IdleDescriptors(500, before).With(Plans.Machine(20_000), before));
    }

    [Fact]
    public async Task A_number_above_the_ceiling_is_taken_at_its_word()
    {
        var plan = await Plans.MakeAsync(
            Plans.Machine(1L << 30), Loaded.Json(section: """, "Limits": { "MaxConnections": 5000000 }"""));

        Assert.Equal(5_000_000, plan.MaxConnections);
        Assert.False(plan.HasErrors);
    }

    [Fact]
    public async Task A_number_that_fits_is_the_plan()
    {
        var plan = await Plans.MakeAsync(Plans.Machine(20_000), Loaded.Json(section: """, "Limits": { "MaxConnections": 500 }"""));

        Assert.Equal(500, plan.MaxConnections);
        Assert.Equal((20_000 - Base) / 2, plan.Fits);
        plan.Silent("max-connections");
    }

    [Fact]
    public async Task A_number_that_does_not_fit_is_an_error_with_both_numbers_that_would_work()
    {
        var plan = await Plans.MakeAsync(Plans.Machine(20_000), Loaded.Json(section: """, "Limits": { "MaxConnections": 50000 }"""));

        var finding = plan.Only("max-connections");
        Assert.Equal(Severity.Error, finding.Severity);
        Assert.True(plan.HasErrors);
        Assert.Equal(plan.Fits, plan.MaxConnections);
        Assert.Equal($"LimitNOFILE={100_000 + Base}", finding.Remedy);
        Assert.Contains($"\"MaxConnections\": {plan.Fits}", finding.Wanted);

        var mended = await Plans.MakeAsync(
            Plans.Machine(100_000 + Base), Loaded.Json(section: """, "Limits": { "MaxConnections": 50000 }"""));
        Assert.Equal(50_000, mended.MaxConnections);
        Assert.False(mended.HasErrors);
    }

    [Fact]
    public async Task A_listener_that_wants_more_than_fits_is_an_error()
    {
        var plan = await Plans.MakeAsync(Plans.Machine(20_000), Loaded.Json(""", "MaxConnections": 10000 """));

        Assert.Contains("EdgeGate:Listeners:web:MaxConnections", plan.Only("listener-max-connections").Title);
        Assert.True(plan.HasErrors);
    }

    [Fact]
    public async Task Listeners_with_their_own_numbers_make_the_sum_the_plan()
    {
        var plan = await Plans.MakeAsync(Plans.Machine(20_000), Loaded.Json(section: """, "Defaults": { "MaxConnections": 100 }"""));

        Assert.Equal(200, plan.MaxConnections);
    }

    [Fact]
    public async Task Reserved_descriptors_are_left_alone()
    {
        var plain = await Plans.MakeAsync(Plans.Machine(20_000));
        var reserving = await Plans.MakeAsync(
            Plans.Machine(20_000), Loaded.Json(section: """, "Limits": { "ReservedDescriptors": 1064 }"""));

        Assert.Equal(plain.MaxConnections - 500, reserving.MaxConnections);
    }

    [Fact]
    public async Task A_limit_too_small_for_the_daemon_itself_is_an_error()
    {
        var plan = await Plans.MakeAsync(Plans.Machine(256));

        Assert.Equal(0, plan.MaxConnections);
        Assert.StartsWith("LimitNOFILE=", plan.Only("descriptors-none").Remedy);
        Assert.True(plan.HasErrors);
    }

    [Fact]
    public async Task A_machine_that_tells_nothing_gets_a_careful_plan_and_no_guesses()
    {
        var plan = await Plans.MakeAsync(KernelFacts.Unknown);

        Assert.InRange(plan.MaxConnections, 1000, Descriptors.Assumed);
        Assert.Equal("descriptors-unknown", Assert.Single(plan.Findings).Id);
    }
}
