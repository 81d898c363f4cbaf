using System.Net;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>
/// A loopback address by its name. The plan cannot know how many addresses a name has, and so lets in more than there are
/// ports for; what happens then is what tests of dialling want to see.
/// </summary>
internal static class ByName
{
    public static string Of(IPEndPoint endPoint)
    {
        IPAddress[] addresses = Dns.GetHostAddresses("localhost");
        Assert.SkipUnless(
            addresses.All(IPAddress.Loopback.Equals), $"localhost has other addresses here, too: {string.Join<IPAddress>(", ", addresses)}");
        return $"localhost:{endPoint.Port}";
    }
}
