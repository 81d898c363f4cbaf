namespace EdgeGate.CommandLine;

/// <summary>How a list is printed.</summary>
internal enum ListFormat
{
    Table,
    Json,
}
