namespace EdgeGate.Logging;

/// <summary>Turns entries into lines.</summary>
internal interface ILogFormatter
{
    /// <summary>Appends one line, its end included.</summary>
    void Format(LogEntry entry);
}
