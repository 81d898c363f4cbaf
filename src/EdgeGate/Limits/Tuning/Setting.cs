namespace EdgeGate.Limits.Tuning;

/// <summary>One line of a tuning.</summary>
/// <param name="Target">Whom it is for.</param>
/// <param name="Key">The setting, as its owner spells it.</param>
/// <param name="Value">What it should be.</param>
/// <param name="Why">What it is good for, in one line.</param>
/// <param name="IsOptional">Whether it may be missing on a machine, which is no error then.</param>
internal sealed record Setting(SettingTarget Target, string Key, string Value, string Why, bool IsOptional = false);
