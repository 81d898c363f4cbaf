namespace EdgeGate.Native.Polling;

/// <summary>One report of a <see cref="Poller"/>.</summary>
/// <param name="Token">The token that the descriptor was added with.</param>
/// <param name="Ready">What it is ready for.</param>
public readonly record struct PollEvent(ulong Token, Readiness Ready);
