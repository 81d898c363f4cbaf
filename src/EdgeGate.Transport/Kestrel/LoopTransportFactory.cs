using System.Net;
using EdgeGate.Native;
using Microsoft.AspNetCore.Connections;

namespace EdgeGate.Transport.Kestrel;

/// <summary>
/// Kestrel's transport over the event loops. Registered after Kestrel's own it is asked first, and takes the end points
/// that are a <see cref="LoopEndPoint"/>.
/// </summary>
public sealed class LoopTransportFactory : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly TransportServices _services;
    private readonly LoopPipes[] _pipes;
    private readonly LoopPipes[] _pipesOnLoop;

    /// <summary>Creates the transport.</summary>
    /// <param name="services">The loops, the gate, the meter.</param>
    /// <param name="pools">Kestrel's pools of pinned blocks; one is made for each loop.</param>
    public LoopTransportFactory(TransportServices services, IMemoryPoolFactory<byte> pools)
    {
        _services = services;
        _pipes = [.. services.Loops.Loops.Select(loop => new LoopPipes(loop, pools.Create(), onLoop: false))];
        _pipesOnLoop = [.. services.Loops.Loops.Select(loop => new LoopPipes(loop, _pipes[loop.Index].Pool, onLoop: true))];
    }

    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => endpoint is LoopEndPoint;

    /// <inheritdoc/>
    /// <exception cref="AddressInUseException">Another socket listens there; the message names the listener.</exception>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var loopEndPoint = (LoopEndPoint)endpoint;
        try
        {
            return new(new LoopConnectionListener(
                loopEndPoint, _services, loopEndPoint.RunsOnLoop ? _pipesOnLoop : _pipes));
        }
        catch (SysException e) when (e.Error == Errno.EADDRINUSE)
        {
            throw new AddressInUseException(e.Message, e);
        }
    }
}
