using System.Globalization;

namespace EdgeGate.Configuration;

/// <summary>Reads <c>Limits:Overload</c>.</summary>
internal static class OverloadReader
{
    private const double Most = 10;
    private const double MostRecovery = 0.5;

    public static OverloadConfig Read(SectionReader section)
    {
        var overload = new OverloadConfig();
        overload = overload with
        {
            Warn = Threshold(section, nameof(OverloadConfig.Warn)) ?? overload.Warn,
            CloseIdle = Threshold(section, nameof(OverloadConfig.CloseIdle)) ?? overload.CloseIdle,
            StopAccepting = Threshold(section, nameof(OverloadConfig.StopAccepting)) ?? overload.StopAccepting,
            Reject = Threshold(section, nameof(OverloadConfig.Reject)) ?? overload.Reject,
            Reset = Threshold(section, nameof(OverloadConfig.Reset)) ?? overload.Reset,
            Recovery = section.Share(nameof(OverloadConfig.Recovery), MostRecovery) ?? overload.Recovery,
        };
        CheckOrder(section, overload);
        section.RejectUnknown();
        return overload;
    }

    private static double? Threshold(SectionReader section, string key) =>
        string.Equals(section.Text(key), "Off", StringComparison.OrdinalIgnoreCase)
            ? double.PositiveInfinity
            : section.Share(key, Most, or: ", or \"Off\"");

    // A harder action before a milder one would be a mistake: the milder one could never help.
    private static void CheckOrder(SectionReader section, OverloadConfig overload)
    {
        (string Key, double Threshold)[] steps =
        [
            (nameof(OverloadConfig.Warn), overload.Warn),
            (nameof(OverloadConfig.CloseIdle), overload.CloseIdle),
            (nameof(OverloadConfig.StopAccepting), overload.StopAccepting),
            (nameof(OverloadConfig.Reject), overload.Reject),
            (nameof(OverloadConfig.Reset), overload.Reset),
        ];
        steps = [.. steps.Where(step => double.IsFinite(step.Threshold))];
        foreach (var (milder, harder) in steps.Zip(steps.Skip(1)).Where(pair => pair.First.Threshold > pair.Second.Threshold))
        {
            section.Error(harder.Key, string.Create(
                CultureInfo.InvariantCulture,
                $"{harder.Threshold} comes before {milder.Key} at {milder.Threshold}; each step must be as high as the one before it"));
        }
    }
}
