using EdgeGate.CommandLine;

namespace EdgeGate.Tests.CommandLine;

public sealed class UnitsTests
{
    [Theory]
    [InlineData(0, "0s")]
    [InlineData(2.54, "2.5s")]
    [InlineData(59.4, "59s")]
    [InlineData(192, "3m12s")]
    [InlineData(7380, "2h03m")]
    [InlineData(4 * 86400 + 7300, "4d02h")]
    [InlineData(-1, "0s")]
    public void Ages_have_two_units_at_most(double seconds, string said) => Assert.Equal(said, Units.Age(seconds));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.0 KiB")]
    [InlineData(1234567, "1.2 MiB")]
    [InlineData(123456789, "118 MiB")]
    [InlineData(5e15, "4.4 PiB")]
    public void Sizes_have_three_digits_at_most(double bytes, string said) => Assert.Equal(said, Units.Bytes(bytes));

    [Theory]
    [InlineData(0.000027, "27µs")]
    [InlineData(0.0012, "1.2ms")]
    [InlineData(0.34, "340ms")]
    [InlineData(2.1, "2.1s")]
    public void Latencies_keep_two_digits(double seconds, string said) => Assert.Equal(said, Units.Latency(seconds));
}
