using Microsoft.Extensions.Configuration;

namespace EdgeGate.Daemon;

/// <summary>
/// The <c>ReverseProxy</c> section as YARP watches it. It changes only when a whole configuration was found valid, so
/// YARP never sees a file half written.
/// </summary>
internal sealed class ReloadableSection
{
    private const string Name = "ReverseProxy";

    private readonly Source _source = new();

    public ReloadableSection(IConfiguration root)
    {
        _source.Provider.Take(root);
        Section = new ConfigurationBuilder().Add(_source).Build().GetSection(Name);
    }

    public IConfigurationSection Section { get; }

    public void Replace(IConfiguration root)
    {
        _source.Provider.Take(root);
        _source.Provider.Announce();
    }

    private sealed class Source : IConfigurationSource
    {
        public Values Provider { get; } = new();

        public IConfigurationProvider Build(IConfigurationBuilder builder) => Provider;
    }

    private sealed class Values : ConfigurationProvider
    {
        public void Take(IConfiguration root) => Data = root.GetSection(Name).AsEnumerable()
            .Where(pair => pair.Value is not null)
            .ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.OrdinalIgnoreCase);

        public void Announce() => OnReload();
    }
}
