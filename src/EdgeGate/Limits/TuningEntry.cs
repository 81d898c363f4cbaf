using EdgeGate.Native.Kernel;

namespace EdgeGate.Limits;

/// <summary>One wish of a tuning file.</summary>
/// <param name="Key">The setting.</param>
/// <param name="Value">Its value, with single spaces between its parts.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="IsOptional">Whether the line began with a minus: a setting that need not exist.</param>
internal sealed record TuningEntry(SysctlKey Key, string Value, int Line, bool IsOptional);
