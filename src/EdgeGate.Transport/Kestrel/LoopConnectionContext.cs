using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeGate.Transport.Kestrel;

/// <summary>A connection as Kestrel sees it: two pipes, a token, and the features that Kestrel reads.</summary>
internal sealed partial class LoopConnectionContext : ConnectionContext,
    IConnectionIdFeature, IConnectionTransportFeature, IConnectionItemsFeature, IConnectionLifetimeFeature,
    IConnectionEndPointFeature, IMemoryPoolFeature
{
    private readonly KestrelConnection _connection;
    private readonly CancellationTokenSource _closed = new();
    private readonly DuplexPipe _kestrelSide;
    private readonly ConnectionFeatures _features;
    private IDictionary<object, object?>? _items;
    private string? _id;

    internal LoopConnectionContext(KestrelConnection connection, LoopPipes pipes, EndPoint? local)
    {
        _connection = connection;
        MemoryPool = pipes.Pool;
        LocalEndPoint = local;
        RemoteEndPoint = connection.Remote;
        var input = new Pipe(pipes.Input);
        var output = new Pipe(pipes.Output);
        ToKestrel = input.Writer;
        FromKestrel = output.Reader;
        Transport = _kestrelSide = new DuplexPipe(input.Reader, output.Writer);
        ConnectionClosed = _closed.Token;
        _features = new ConnectionFeatures(this);
    }

    private sealed class DuplexPipe(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input { get; } = input;

        public PipeWriter Output { get; } = output;
    }

    public override string ConnectionId
    {
        get => _id ??= _connection.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);
        set => _id = value;
    }

    public override IFeatureCollection Features => _features;

    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    // Settable, because TLS puts itself in between.
    public override IDuplexPipe Transport { get; set; }

    public override CancellationToken ConnectionClosed { get; set; }

    public override EndPoint? LocalEndPoint { get; set; }

    public override EndPoint? RemoteEndPoint { get; set; }

    public MemoryPool<byte> MemoryPool { get; }

    /// <summary>The loop that the connection lives on.</summary>
    internal EventLoop Loop => _connection.Loop;

    /// <summary>The loop's end of the input.</summary>
    internal PipeWriter ToKestrel { get; }

    /// <summary>The loop's end of the output.</summary>
    internal PipeReader FromKestrel { get; }

    public override void Abort() => Abort(new ConnectionAbortedException());

    public override void Abort(ConnectionAbortedException abortReason) => _connection.RequestAbort(abortReason);

    public override async ValueTask DisposeAsync()
    {
        // The pipes that were made here, not whatever stands in Transport by now.
        await _kestrelSide.Input.CompleteAsync().ConfigureAwait(false);
        await _kestrelSide.Output.CompleteAsync().ConfigureAwait(false);
        await _connection.WaitForCloseAsync().ConfigureAwait(false);
        Cancel(); // whoever waits for the end must not miss it because the thread pool is late
        _closed.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Tells Kestrel that the client is gone; its callbacks run on the thread pool, not on the loop.</summary>
    internal void FireConnectionClosed() =>
        ThreadPool.UnsafeQueueUserWorkItem(
            static context => context.Cancel(), this, preferLocal: false);

    private void Cancel()
    {
        try
        {
            _closed.Cancel();
        }
        catch (Exception e) when (e is ObjectDisposedException or AggregateException)
        {
            // Disposed meanwhile, or a listener of Kestrel's failed: the connection is closed all the same.
        }
    }
}
