using System.Text.Json;
using EdgeGate.CommandLine;
using EdgeGate.Configuration;
using EdgeGate.Limits;
using EdgeGate.Native.Kernel;
using EdgeGate.Tests.Configuration;
using EdgeGate.Tests.Kernel;
using EdgeGate.Tests.Limits;
using Json.Schema;

namespace EdgeGate.Tests.CommandLine;

/// <summary>Holds what check prints for programs against the schema that documents it.</summary>
public sealed class CheckSchemaTests
{
    private static readonly JsonSchema Schema =
        JsonSchema.FromFile(Path.Combine(AppContext.BaseDirectory, "config", "schema", "check.schema.json"));

    [Theory]
    [InlineData(Machines.BareServer)]
    [InlineData(Machines.DebianDefaults)]
    [InlineData(Machines.Container)]
    [InlineData(Machines.Pod)]
    [InlineData(Machines.TinyPortRange)]
    [InlineData(Machines.MaskedProcSys)]
    public async Task What_is_printed_about_a_machine_is_as_documented(string recording)
    {
        using var machine = new RecordedMachine(recording);
        var config = await Loaded.GoodAsync(Loaded.Udp(more: """, "MaxConnections": 100000000 """));
        var tuning = TuningFile.Parse("my.conf", "net.core.somaxconn = 70000\nnet.ipv4.conf.*.rp_filter = 1\n");
        var facts = new KernelFactsReader(machine.Root).Read(tuning.Entries.Select(e => e.Key));

        string json = CheckJson.Write(new CheckResult("test.json", null, [], [], CapacityPlan.Create(facts, config, tuning)));

        AssertValid(json);
        Assert.Contains("listener-max-connections", json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_printed_about_a_bad_configuration_is_as_documented()
    {
        var loaded = await Loaded.FromAsync(Loaded.Json(""", "Backlg": 1 """));
        Assert.NotEmpty(loaded.Errors);

        AssertValid(CheckJson.Write(new CheckResult("test.json", null, loaded.Errors, [new ConfigurationError("a", "b", "c")], null)));
    }

    [Fact]
    public async Task The_schema_is_strict_enough_to_see_a_change()
    {
        string json = CheckJson.Write(new CheckResult("test.json", null, [], [], await Plans.MakeAsync(Plans.Machine(20_000))));

        Assert.False(IsValid(json.Replace("\"maxConnections\"", "\"maximumConnections\"", StringComparison.Ordinal), out _));
        Assert.False(IsValid(json.Replace("\"unit\": \"count\"", "\"unit\": \"pieces\"", StringComparison.Ordinal), out _));
        Assert.False(IsValid(json.Replace("\"findings\"", "\"found\"", StringComparison.Ordinal), out _));
    }

    private static void AssertValid(string json) => Assert.True(IsValid(json, out string why), why);

    private static bool IsValid(string json, out string why)
    {
        using var document = JsonDocument.Parse(json);
        EvaluationResults results = Schema.Evaluate(document.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List });
        why = string.Join('\n', (results.Details ?? []).Where(d => d.Errors is not null)
            .SelectMany(d => d.Errors!.Select(e => $"{d.InstanceLocation}: {e.Value}"))) + "\n" + json;
        return results.IsValid;
    }
}
