using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Layer4.Udp;

/// <summary>
/// The flows of one listener by their path, and how many each source has. The admission gate bounds how many there are
/// in all. Used on the listener's loop only.
/// </summary>
/// <typeparam name="TFlow">What stands in it.</typeparam>
internal sealed class UdpFlowTable<TFlow>
    where TFlow : class
{
    private readonly Dictionary<DatagramPath, TFlow> _flows = [];
    private readonly Dictionary<UdpSource, int> _perSource = [];

    internal int Count => _flows.Count;

    /// <summary>How many sources have flows.</summary>
    internal int Sources => _perSource.Count;

    internal bool TryFind(in DatagramPath path, [NotNullWhen(true)] out TFlow? flow) =>
        _flows.TryGetValue(path, out flow);

    /// <summary>How many flows a source has.</summary>
    internal int Of(UdpSource source) => _perSource.GetValueOrDefault(source);

    internal void Add(in DatagramPath path, UdpSource source, TFlow flow)
    {
        _flows.Add(path, flow);
        CollectionsMarshal.GetValueRefOrAddDefault(_perSource, source, out _)++;
    }

    /// <summary>Removes a flow; one that is not there, or no longer the one of its path, changes nothing.</summary>
    internal void Remove(in DatagramPath path, UdpSource source, TFlow flow)
    {
        if (!_flows.TryGetValue(path, out TFlow? known) || known != flow)
        {
            return;
        }

        _flows.Remove(path);
        ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(_perSource, source, out _);
        if (--count == 0)
        {
            _perSource.Remove(source);
        }
    }
}
