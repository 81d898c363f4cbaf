using System.Collections.Concurrent;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeGate.Daemon;

/// <summary>
/// The server under YARP: a Kestrel for each listener. Kestrel has one set of limits and one set of addresses for its
/// whole life, while a listener has its own limits, and comes, changes and goes as the configuration says.
/// </summary>
internal sealed class HttpListeners : IServer
{
    /// <summary>
    /// How long a connection between two requests is kept open after its listener has stopped, so that a request which
    /// is on its way already is answered, and its client told to connect anew. One that is silent for longer is closed.
    /// </summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    // Retired ones stay until their connections have ended.
    private readonly ConcurrentDictionary<HttpListener, byte> _listeners = [];
    private Func<IServer, Func<bool>, Task>? _start;

    /// <summary>None: addresses come and go.</summary>
    public IFeatureCollection Features { get; } = new FeatureCollection();

    /// <summary>Takes YARP's pipeline; listeners get it as they come.</summary>
    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        _start = (server, isRetired) => server.StartAsync(
            new RetirableApplication<TContext>(application, isRetired), CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Has a listener serve from now on.</summary>
    public async Task AddAsync(HttpListener listener)
    {
        _listeners.TryAdd(listener, 0);
        await listener.StartAsync(_start ?? throw new InvalidOperationException("the pipeline has not been built"));
    }

    /// <summary>Has every answer be its connection's last from now on.</summary>
    public void Retire()
    {
        foreach (HttpListener listener in _listeners.Keys)
        {
            listener.Retire();
        }
    }

    /// <summary>Removes a listener whose clients are given the time to make their next request elsewhere.</summary>
    public async Task RetireAsync(HttpListener listener)
    {
        listener.Retire();
        await Task.Delay(Grace);
        await RemoveAsync(listener);
    }

    /// <summary>
    /// Stops accepting, unless another has taken the sockets over, and waits until the last connection has ended;
    /// whoever removes it sees to a deadline.
    /// </summary>
    public async Task RemoveAsync(HttpListener listener)
    {
        await listener.StopAsync();
        if (_listeners.TryRemove(listener, out _))
        {
            await listener.DisposeAsync();
        }
    }

    /// <summary>Removes them all.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(_listeners.Keys.Select(RemoveAsync));

    public void Dispose()
    {
        // Each listener is disposed when it is removed.
    }
}
