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

    private static readonly Type[] Own =
    [
        typeof(IConnectionIdFeature), typeof(IConnectionTransportFeature), typeof(IConnectionItemsFeature),
        typeof(IConnectionLifetimeFeature), typeof(IConnectionEndPointFeature), typeof(IMemoryPoolFeature),
    ];

    public bool IsReadOnly => false;

    public int Revision { get; private set; }

    public object? this[Type key]
    {
        get
        {
            int index = IndexOf(key);
            return index >= 0 ? _added[index].Value : Array.IndexOf(Own, key) >= 0 ? connection : null;
        }

        set
        {
            Revision++;
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
