namespace EdgeGate.CommandLine;

internal enum CheckFormat
{
    Table,
    Json,
}
