using System.Net;

namespace EdgeGate.Http.Forwarding;

/// <summary>An upstream answered that it cannot serve, and somebody else may be asked: no byte has gone to the client.</summary>
internal sealed class RetryableAnswerException(HttpStatusCode status) : HttpRequestException($"the upstream answered {(int)status}", null, status);
