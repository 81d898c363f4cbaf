using System.Collections;
using System.Reflection;
using Yarp.ReverseProxy.Configuration;

namespace EdgeGate.Tests.Configuration;

public sealed class ProxyKeysTests
{
    // Should YARP learn a key, a slip away from a known one, this tells.
    [Theory]
    [InlineData("Routes:x", typeof(RouteConfig))]
    [InlineData("Clusters:x", typeof(ClusterConfig))]
    public async Task No_key_that_yarp_reads_is_taken_for_a_slip(string path, Type type)
    {
        var variables = new List<(string, string)>();
        Collect("ReverseProxy:" + path, type, variables);
        Assert.True(variables.Count > 10);

        var loaded = await Loaded.FromAsync("{ \"EdgeGate\": {} }", null, [.. variables]);

        Assert.DoesNotContain(loaded.Warnings, w => w.Message.Contains("YARP", StringComparison.Ordinal));
    }

    private static void Collect(string path, Type type, List<(string Name, string Value)> variables)
    {
        foreach (var property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public))
        {
            var key = path + ":" + property.Name;
            var below = property.PropertyType;
            if (below.Assembly == typeof(RouteConfig).Assembly && below.IsClass)
            {
                Collect(key, below, variables);
            }
            else if (below.IsGenericType && below != typeof(string) && typeof(IEnumerable).IsAssignableFrom(below)
                && below.GetGenericArguments()[^1] is { IsClass: true } item && item.Assembly == typeof(RouteConfig).Assembly)
            {
                Collect(key + ":0", item, variables);
            }
            else
            {
                variables.Add((key.Replace(":", "__", StringComparison.Ordinal), ""));
            }
        }
    }
}
