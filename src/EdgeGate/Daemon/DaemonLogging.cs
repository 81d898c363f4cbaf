using EdgeGate.Systemd;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace EdgeGate.Daemon;

/// <summary>Where the daemon logs: a line each on standard output, with the priority in front under systemd.</summary>
internal static class DaemonLogging
{
    public static ILoggerFactory Create(IConfiguration configuration) => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(LogLevel.Information);

        // What these say at Information is either once per request or already said by us.
        builder.AddFilter("Microsoft", LogLevel.Warning);
        builder.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);

        // Where this one is heard at all, ASP.NET Core makes an activity for every request.
        builder.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None); // a failed start, with its stack
        builder.AddFilter("Yarp", LogLevel.Warning);
        builder.AddFilter("Yarp.ReverseProxy.Forwarder.HttpForwarder", LogLevel.None); // our forwarder says it in a line
        builder.AddFilter("System.Net.Http", LogLevel.Warning);
        builder.AddConfiguration(configuration.GetSection("Logging"));
        if (JournalStream.IsOutput())
        {
            builder.AddSystemdConsole();
        }
        else
        {
            builder.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
                console.UseUtcTimestamp = true;
                console.ColorBehavior = LoggerColorBehavior.Default;
            });
        }
    });
}
