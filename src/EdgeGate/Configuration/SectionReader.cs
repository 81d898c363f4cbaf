using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;

namespace EdgeGate.Configuration;

/// <summary>
/// Reads one object of the configuration. The keys that it is asked for are the keys that exist: whatever
/// else stands there is reported by <see cref="RejectUnknown"/>.
/// </summary>
internal sealed class SectionReader(IConfigurationSection section, ConfigurationReport report)
{
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    public string Name => section.Key;

    public string Path => section.Path;

    /// <summary>Whether there is an object here with at least one key.</summary>
    public bool Exists => section.GetChildren().Any();

    public bool Has(string key) => section.GetSection(key) is var child && (child.Value is not null || child.Exists());

    /// <summary>Whether a key is written here at all, be it with nothing in its braces.</summary>
    public bool IsWritten(string key) =>
        section.GetChildren().Any(child => child.Key.Equals(key, StringComparison.OrdinalIgnoreCase));

    public string PathOf(string key) => Path + ":" + key;

    public void Error(string key, string message) => report.Error(PathOf(key), message);

    public void Warning(string key, string message) => report.Warning(PathOf(key), message);

    public SectionReader Section(string key)
    {
        Know(key);
        var child = section.GetSection(key);
        if (!string.IsNullOrEmpty(child.Value))
        {
            report.Error(child.Path, $"wants an object in braces, not '{child.Value}'");
        }

        return new SectionReader(child, report);
    }

    public IEnumerable<SectionReader> Sections()
    {
        foreach (var child in section.GetChildren())
        {
            yield return Section(child.Key);
        }
    }

    public string? Text(string key)
    {
        Know(key);
        return OneValue(section.GetSection(key));
    }

    /// <summary>A text that must be there; reported and empty if it is not.</summary>
    public string Required(string key, string example)
    {
        var text = Text(key);
        if (string.IsNullOrWhiteSpace(text))
        {
            var place = section.GetSection(key).Exists() ? PathOf(key) : Path;
            report.Error(place, $"{key} is missing; write one, such as {example}");
        }

        return text ?? "";
    }

    public ImmutableArray<string> List(string key)
    {
        Know(key);
        var child = section.GetSection(key);
        if (!string.IsNullOrEmpty(child.Value))
        {
            report.Error(child.Path, $"wants a list: [ \"{child.Value}\" ]");
            return [];
        }

        return [.. child.GetChildren().Select(item => OneValue(item) ?? "")];
    }

    public IReadOnlyDictionary<string, string> Map(string key)
    {
        _ = Section(key);
        return section.GetSection(key).GetChildren()
            .ToDictionary(c => c.Key, c => OneValue(c) ?? "", StringComparer.OrdinalIgnoreCase);
    }

    public int? Integer(string key, int least, int most)
    {
        var text = Text(key);
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most)
        {
            return number;
        }

        Error(key, $"'{text}' is not a whole number from {least} to {most}");
        return null;
    }

    /// <summary>A number, or null for <c>auto</c> and for a key that is not there.</summary>
    public int? IntegerOrAuto(string key, int least, int most)
    {
        if (string.Equals(Text(key), "auto", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var text = Text(key);
        if (string.IsNullOrEmpty(text)
            || (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                && number >= least && number <= most))
        {
            return Integer(key, least, most);
        }

        Error(key, $"'{text}' is neither \"auto\" nor a whole number from {least} to {most}");
        return null;
    }

    /// <summary>A number of bytes.</summary>
    public long? Bytes(string key, long least)
    {
        var text = Text(key);
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least)
        {
            return number;
        }

        Error(key, $"'{text}' is not a number of bytes from {least.ToString(CultureInfo.InvariantCulture)}");
        return null;
    }

    public double? Fraction(string key) => Share(key, 1);

    /// <param name="key">The key.</param>
    /// <param name="most">The largest that makes sense.</param>
    /// <param name="or">What else may stand there, for the error.</param>
    public double? Share(string key, double most, string or = "")
    {
        var text = Text(key);
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 0 && number <= most)
        {
            return number;
        }

        Error(key, string.Create(
            CultureInfo.InvariantCulture, $"'{text}' is not a fraction above 0 and up to {most}, such as {Math.Min(0.8, most / 2)}{or}"));
        return null;
    }

    /// <summary>Networks such as <c>10.0.0.0/8</c>; null when the key is not there, since an empty list is an answer.</summary>
    public ImmutableArray<IPNetwork>? Networks(string key)
    {
        var list = List(key);
        if (list.Length == 0 && !Has(key))
        {
            return null;
        }

        var networks = ImmutableArray.CreateBuilder<IPNetwork>();
        for (var i = 0; i < list.Length; i++)
        {
            if (NetworkText.TryParse(list[i], out var network, out var error))
            {
                networks.Add(network);
            }
            else
            {
                Error($"{key}:{i}", error);
            }
        }

        return networks.ToImmutable();
    }

    /// <param name="key">The key.</param>
    /// <param name="mayBeOff">Whether "Off" may stand there; it is <see cref="Timeout.InfiniteTimeSpan"/>.</param>
    /// <param name="mostDays">The longest that makes sense; a timer takes no more than the default.</param>
    public TimeSpan? Time(string key, bool mayBeOff = false, int mostDays = 24)
    {
        var text = Text(key);
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (mayBeOff && text.Equals("Off", StringComparison.OrdinalIgnoreCase))
        {
            return Timeout.InfiniteTimeSpan;
        }

        var or = mayBeOff ? ", or \"Off\"" : "";

        // .NET reads a bare number as days.
        if (!text.Contains(':', StringComparison.Ordinal)
            || !TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time))
        {
            Error(key, $"'{text}' is not a time; write hours, minutes and seconds, such as \"00:00:30\"{or}");
            return null;
        }

        if (time <= TimeSpan.Zero || time > TimeSpan.FromDays(mostDays))
        {
            Error(key, $"'{text}' is not above zero and up to {mostDays} days{or}");
            return null;
        }

        return time;
    }

    /// <summary><c>true</c> or <c>false</c>; null where the key is not there.</summary>
    public bool? Flag(string key)
    {
        var text = Text(key);
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (bool.TryParse(text, out var flag))
        {
            return flag;
        }

        Error(key, $"'{text}' is neither true nor false");
        return null;
    }

    /// <param name="key">The key.</param>
    /// <param name="inLowerCase">Whether the names are written so; they are read in any case.</param>
    public T? Choice<T>(string key, bool inLowerCase = false)
        where T : struct, Enum
    {
        var text = Text(key);
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var names = Enum.GetNames<T>().Select(name => inLowerCase ? name.ToLowerInvariant() : name).ToList();
        if (names.Contains(text, StringComparer.OrdinalIgnoreCase))
        {
            return Enum.Parse<T>(text, ignoreCase: true);
        }

        Error(key, $"'{text}' is not one of {string.Join(", ", names)}.{Nearest.Hint(text, names)}");
        return null;
    }

    public BindAddress? Bind(string key, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (BindAddress.TryParse(text, out var address, out var error))
        {
            return address;
        }

        Error(key, error);
        return null;
    }

    /// <summary>Reports every key that nobody asked for, with the nearest that exists.</summary>
    public void RejectUnknown()
    {
        foreach (var child in section.GetChildren().Where(child => !_known.Contains(child.Key)))
        {
            var hint = Nearest.Hint(child.Key, _known);
            var all = hint.Length > 0 ? "" : $" Keys here: {string.Join(", ", _known.Order(StringComparer.Ordinal))}.";
            report.Error(child.Path, $"there is no such key.{hint}{all}");
        }
    }

    private string? OneValue(IConfigurationSection child)
    {
        if (child.GetChildren().Any())
        {
            report.Error(child.Path, "wants one value, not an object or a list");
            return null;
        }

        return child.Value;
    }

    private void Know(string key)
    {
        _known.Add(key);
        report.Asked(PathOf(key));
    }
}
