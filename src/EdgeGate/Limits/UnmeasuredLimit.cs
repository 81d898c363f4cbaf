namespace EdgeGate.Limits;

/// <summary>A limit that bounds nothing in this plan.</summary>
/// <param name="Resource">What would be counted.</param>
/// <param name="Why">Why it is not: it cannot be read here, or it has no bound.</param>
internal sealed record UnmeasuredLimit(string Resource, string Why);
