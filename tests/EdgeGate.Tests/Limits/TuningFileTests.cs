using EdgeGate.Limits;

namespace EdgeGate.Tests.Limits;

public sealed class TuningFileTests
{
    [Fact]
    public void The_format_is_that_of_sysctl_d()
    {
        var file = TuningFile.Parse("x.conf", """
            # comment
            ; another
              net.core.somaxconn = 1024
            net/core/rmem_max=5
            -net.ipv4.tcp_mem = 1	2   3
            net.ipv4.conf.eth0/1.rp_filter = 2
            net.core.somaxconn = 2048
            """);

        Assert.Empty(file.Errors);
        Assert.Equal(
            ["net.core.rmem_max=5", "net.ipv4.tcp_mem=1 2 3", "net.ipv4.conf.eth0/1.rp_filter=2", "net.core.somaxconn=2048"],
            file.Entries.Select(e => $"{e.Key}={e.Value}"));
        Assert.Equal([false, true, false, false], file.Entries.Select(e => e.IsOptional));
        Assert.Equal([4, 5, 6, 7], file.Entries.Select(e => e.Line));
    }

    [Theory]
    [InlineData("net.core.somaxconn", "no '='")]
    [InlineData("net.core.somaxconn 5", "has no '='")]
    [InlineData("net.core.somaxconn =", "no value")]
    [InlineData("= 5", "not the name")]
    [InlineData("/../../etc/passwd = 5", "not the name")]
    public void A_malformed_line_names_its_file_and_number(string line, string message)
    {
        var file = TuningFile.Parse("x.conf", "# first\n\n" + line + "\nnet.core.rmem_max = 1\n");

        var error = Assert.Single(file.Errors);
        Assert.StartsWith("x.conf:3: ", error.ToString());
        Assert.Contains(message, error.Message);
        Assert.Single(file.Entries);
    }

    [Fact]
    public void A_pattern_is_set_aside_and_an_exclusion_is_no_entry()
    {
        var file = TuningFile.Parse("x.conf", "net.ipv4.conf.*.rp_filter = 2\n-net.ipv4.conf.all.rp_filter\n");

        Assert.Equal(1, Assert.Single(file.Patterns).Line);
        Assert.Empty(file.Entries);
        Assert.Empty(file.Errors);
    }

    [Fact]
    public void An_unreadable_file_is_named() =>
        Assert.Equal("/nowhere/x.conf: there is no such file", Assert.Single(TuningFile.Read("/nowhere/x.conf").Errors).ToString());
}
