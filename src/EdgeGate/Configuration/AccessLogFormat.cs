namespace EdgeGate.Configuration;

internal enum AccessLogFormat
{
    /// <summary>One JSON object a line.</summary>
    Json,

    /// <summary><c>key=value</c> pairs for people, values quoted where they need it.</summary>
    Text,
}
