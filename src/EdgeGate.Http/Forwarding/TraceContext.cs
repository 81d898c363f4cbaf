using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace EdgeGate.Http.Forwarding;

/// <summary>Sees to it that an upstream gets one trace context or none.</summary>
internal static class TraceContext
{
    /// <summary>
    /// Two parents are no parent: what cannot be read is dropped with its state, not passed on (W3C Trace Context,
    /// sections 3.2 and 3.3).
    /// </summary>
    public static void RemoveAmbiguous(IHeaderDictionary headers)
    {
        if (headers.TraceParent.Count > 1)
        {
            headers.Remove(HeaderNames.TraceParent);
            headers.Remove(HeaderNames.TraceState);
        }
    }
}
