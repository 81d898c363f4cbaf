using System.Net;
using System.Net.Sockets;

namespace EdgeGate.Layer4.Upstreams;

/// <summary>The order in which a name's addresses are tried: RFC 8305 (Happy Eyeballs), section 4.</summary>
internal static class AddressOrder
{
    /// <summary>
    /// Takes the families in turn, beginning with that of the first address; within a family the resolver's order stays,
    /// which is that of RFC 6724. A family that does not work costs one attempt, not all of them.
    /// </summary>
    internal static IReadOnlyList<EndPoint> Interleave(IReadOnlyList<EndPoint> resolved)
    {
        if (resolved.Count < 3)
        {
            return resolved;
        }

        AddressFamily first = resolved[0].AddressFamily;
        var preferred = new Queue<EndPoint>(resolved.Where(to => to.AddressFamily == first));
        var others = new Queue<EndPoint>(resolved.Where(to => to.AddressFamily != first));
        var ordered = new List<EndPoint>(resolved.Count);
        while (preferred.Count + others.Count > 0)
        {
            if (preferred.TryDequeue(out EndPoint? one))
            {
                ordered.Add(one);
            }

            if (others.TryDequeue(out EndPoint? other))
            {
                ordered.Add(other);
            }
        }

        return ordered;
    }
}
