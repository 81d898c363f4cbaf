using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EdgeGate.Http.Policies;

/// <summary>ASP.NET's response compression, at the level that costs least: what is compressed here is compressed on the fly.</summary>
internal static class Compression
{
    public static RequestDelegate Use(CompressionPolicy policy, ILoggerFactory logs, RequestDelegate next)
    {
        var options = new ResponseCompressionOptions
        {
            EnableForHttps = policy.Https,
            MimeTypes = policy.MimeTypes.IsEmpty ? ResponseCompressionDefaults.MimeTypes : policy.MimeTypes,
        };
        options.Providers.Add(new BrotliCompressionProvider(
            Options.Create(new BrotliCompressionProviderOptions { Level = CompressionLevel.Fastest })));
        options.Providers.Add(new GzipCompressionProvider(
            Options.Create(new GzipCompressionProviderOptions { Level = CompressionLevel.Fastest })));
        IServiceProvider services = new ServiceCollection().AddSingleton(logs).AddLogging().BuildServiceProvider();
        var provider = new ResponseCompressionProvider(services, Options.Create(options));
        return new ResponseCompressionMiddleware(next, provider).Invoke;
    }
}
