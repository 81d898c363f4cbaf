using EdgeGate.Configuration;

namespace EdgeGate.Tests.Configuration;

public sealed class OverloadReaderTests
{
    [Fact]
    public async Task What_is_not_said_stays_as_it_is()
    {
        GatewayConfig config = await Loaded.GoodAsync(Limits("""{ "Warn": 0.7, "Reset": "Off", "Recovery": 0.1 }"""));

        Assert.Equal(
            new OverloadConfig { Warn = 0.7, Reset = double.PositiveInfinity, Recovery = 0.1 }, config.Limits.Overload);
    }

    [Theory]
    [InlineData("""{ "Warn": "much" }""", "Warn", "or \"Off\"")]
    [InlineData("""{ "Warn": 0 }""", "Warn", "above 0")]
    [InlineData("""{ "Reject": 80 }""", "Reject", "up to 10")]
    [InlineData("""{ "Recovery": "Off" }""", "Recovery", "up to 0.5")]
    [InlineData("""{ "CloseIdle": 0.7 }""", "CloseIdle", "0.7 comes before Warn at 0.8")]
    [InlineData("""{ "CloseIdle": "Off", "StopAccepting": 0.5 }""", "StopAccepting", "0.5 comes before Warn at 0.8")]
    [InlineData("""{ "StopAcepting": 1 }""", "StopAcepting", "Did you mean 'StopAccepting'?")]
    public async Task What_is_wrong_says_why(string overload, string key, string message)
    {
        ConfigurationError error = await Loaded.ErrorAsync(Limits(overload));

        Assert.Equal("EdgeGate:Limits:Overload:" + key, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static string Limits(string overload) =>
        Loaded.Json(section: $$""", "Limits": { "Overload": {{overload}} }""");
}
