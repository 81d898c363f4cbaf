namespace EdgeGate.Logging;

/// <summary>A line under construction, in one format. A value that is null is left out.</summary>
internal interface ILogLine
{
    void Text(string name, string? value);

    void Number(string name, long? value);

    /// <summary>Seconds, to the microsecond.</summary>
    void Seconds(string name, TimeSpan? value);

    /// <summary>UTC, to the millisecond: RFC 3339.</summary>
    void Time(string name, DateTimeOffset value);

    /// <summary>A mark that is there or not.</summary>
    void Flag(string name, bool value);
}
