using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;

namespace EdgeGate.Transport.Kestrel;

/// <summary>Where the connections of an end point are served.</summary>
public static class LoopConnectionExtensions
{
    /// <summary>
    /// Has connections served on their event loop from their first byte on, where <see cref="LoopEndPoint.RunsOnLoop"/>
    /// is set; Kestrel begins each on the thread pool. To be used before anything that reads.
    /// </summary>
    public static TBuilder RunOnLoop<TBuilder>(this TBuilder builder)
        where TBuilder : IConnectionBuilder
    {
        builder.Use(next => connection =>
            connection is LoopConnectionContext { Loop: var loop } ? RunAsync(connection, loop, next) : next(connection));
        return builder;
    }

    private static async Task RunAsync(ConnectionContext connection, EventLoop loop, ConnectionDelegate next)
    {
        await new LoopSwitch(loop);
        await next(connection).ConfigureAwait(false);
    }

    /// <summary>Awaited, it has the caller go on on the loop.</summary>
    private readonly struct LoopSwitch(EventLoop loop) : INotifyCompletion
    {
        public bool IsCompleted => loop.IsCurrent;

        public LoopSwitch GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) =>
            loop.Post(static continuation => ((Action)continuation!)(), continuation);
    }
}
