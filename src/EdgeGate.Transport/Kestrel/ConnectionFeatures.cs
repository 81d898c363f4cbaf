using System.Collections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeGate.Transport.Kestrel;

/// <summary>
/// The features of a connection: the few that the connection is itself cost nothing, the few that Kestrel and TLS add
/// lie in a short list. The framework's own collection is a dictionary, and there is one for each connection.
/// </summary>
internal sealed class ConnectionFeatures(LoopConnectionContext connection) : IFeatureCollection
{
    private readonly List<KeyValuePair<Type, object>> _added = new(4);
    private volatile IConnectionLifetimeNotificationFeature? _lifetime; // apart: others than Kestrel ask for it
    private volatile bool _closeRequested;

    private static readonly Type[] Own =
    [
        typeof(IConnectionIdFeature), typeof(IConnectionTransportFeature), typeof(IConnectionItemsFeature),
        typeof(IConnectionLifetimeFeature), typeof(IConnectionEndPointFeature), typeof(IMemoryPoolFeature),
        typeof(IRequestActivity),
    ];

    public bool IsReadOnly => false;

    public int Revision { get; private set; }

    public object? this[Type key]
    {
        get
        {
            if (key == typeof(IConnectionLifetimeNotificationFeature))
            {
                return _lifetime;
            }

            int index = IndexOf(key);
            return index >= 0 ? _added[index].Value : Array.IndexOf(Own, key) >= 0 ? connection : null;
        }

        set
        {
            Revision++;
            if (key == typeof(IConnectionLifetimeNotificationFeature))
            {
                SetLifetime((IConnectionLifetimeNotificationFeature?)value);
                return;
            }

            int index = IndexOf(key);
            if (value is null)
            {
                if (index >= 0)
                {
                    _added.RemoveAt(index);
                }
            }
            else if (index >= 0)
            {
                _added[index] = new(key, value);
            }
            else
            {
                _added.Add(new(key, value));
            }
        }
    }

    public TFeature? Get<TFeature>() => (TFeature?)this[typeof(TFeature)];

    public void Set<TFeature>(TFeature? instance) => this[typeof(TFeature)] = instance;

    /// <summary>
    /// Asks Kestrel to end the connection gracefully; at once if it knows the connection, or as soon as it does.
    /// </summary>
    internal void RequestClose()
    {
        _closeRequested = true;

        // Full fence, against the race with SetLifetime: either Kestrel's feature is seen here, or the request there.
        Interlocked.MemoryBarrier();
        Ask(_lifetime);
    }

    private void SetLifetime(IConnectionLifetimeNotificationFeature? lifetime)
    {
        _lifetime = lifetime;
        Interlocked.MemoryBarrier(); // see RequestClose
        if (_closeRequested)
        {
            Ask(lifetime);
        }
    }

    private static void Ask(IConnectionLifetimeNotificationFeature? lifetime)
    {
        try
        {
            lifetime?.RequestClose();
        }
        catch (AggregateException)
        {
            // A callback of Kestrel's failed: the connection ends by itself then.
        }
    }

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() =>
        _added.Concat(Own.Where(type => IndexOf(type) < 0).Select(type => KeyValuePair.Create<Type, object>(type, connection)))
            .GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int IndexOf(Type key)
    {
        for (int i = 0; i < _added.Count; i++)
        {
            if (_added[i].Key == key)
            {
                return i;
            }
        }

        return -1;
    }
}
