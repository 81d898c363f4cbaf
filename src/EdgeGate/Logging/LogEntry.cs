namespace EdgeGate.Logging;

/// <summary>What one line of the access log says. It is filled where the thing happens, and written elsewhere.</summary>
internal abstract class LogEntry
{
    /// <summary>Writes its fields in their order.</summary>
    public abstract void Write(LogLine line);
}
