using EdgeGate.Native.Kernel;

namespace EdgeGate.Tests.Kernel;

public sealed class SysctlKeyTests
{
    [Theory]
    [InlineData("net.core.somaxconn", "net/core/somaxconn", "net.core.somaxconn")]
    [InlineData("net/core/somaxconn", "net/core/somaxconn", "net.core.somaxconn")]
    [InlineData("net/ipv4/conf/eth0.100/forwarding", "net/ipv4/conf/eth0.100/forwarding", "net.ipv4.conf.eth0/100.forwarding")]
    [InlineData("net.ipv4.conf.eth0/100.forwarding", "net/ipv4/conf/eth0.100/forwarding", "net.ipv4.conf.eth0/100.forwarding")]
    public void Both_spellings_name_the_same_file(string text, string path, string name)
    {
        Assert.True(SysctlKey.TryParse(text, out var key));
        Assert.Equal(path, key.Path);
        Assert.Equal(name, key.Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("/etc/passwd")]
    [InlineData("../../etc/passwd")]
    [InlineData("net/../../../etc/passwd")]
    [InlineData("net.//.//.etc")]
    [InlineData("net..core")]
    [InlineData("net.core.")]
    [InlineData("net/./core")]
    [InlineData("net.core.so max")]
    [InlineData("net.core.*")]
    [InlineData("net.core.a\0b")]
    public void A_key_that_could_leave_the_tree_is_refused(string? text) =>
        Assert.False(SysctlKey.TryParse(text, out _));
}
