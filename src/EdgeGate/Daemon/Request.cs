namespace EdgeGate.Daemon;

/// <summary>One request to the running daemon, and who waits for its outcome.</summary>
/// <param name="Signal">What is asked.</param>
/// <param name="Outcome">Where the outcome of a reload goes; null where nobody waits, as after SIGHUP.</param>
internal readonly record struct Request(Signal Signal, TaskCompletionSource<ReloadOutcome?>? Outcome = null)
{
    /// <summary>Tells who waits, if anybody does; null: the daemon ends first.</summary>
    public void Answer(ReloadOutcome? outcome) => Outcome?.TrySetResult(outcome);
}
