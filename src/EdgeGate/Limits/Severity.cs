namespace EdgeGate.Limits;

internal enum Severity
{
    Info,
    Warning,
    Error,
}
