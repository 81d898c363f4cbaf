using System.Collections.Concurrent;
using EdgeGate.Http.Tls;

namespace EdgeGate.Http;

/// <summary>The certificates of all https listeners, so that a renewed file takes effect without a restart.</summary>
public sealed class ListenerCertificates
{
    private readonly ConcurrentQueue<ListenerTls> _listeners = new();

    internal void Add(ListenerTls listener) => _listeners.Enqueue(listener);

    /// <summary>What clients are shown now.</summary>
    public IReadOnlyList<ServedCertificate> Served => [.. _listeners.SelectMany(listener => listener.Served)];

    /// <summary>
    /// Reads every certificate again; new handshakes use what was read, established connections keep what they have.
    /// A listener whose files cannot be used keeps its old ones.
    /// </summary>
    /// <returns>What could not be read, a sentence each; empty when all went well.</returns>
    public IReadOnlyList<string> Reload()
    {
        var errors = new List<string>();
        foreach (var listener in _listeners)
        {
            try
            {
                listener.Reload();
            }
            catch (InvalidDataException unusable)
            {
                errors.Add(unusable.Message);
            }
        }

        return errors;
    }
}
