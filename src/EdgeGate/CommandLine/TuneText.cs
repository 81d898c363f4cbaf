using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeGate.Limits;
using EdgeGate.Limits.Tuning;

namespace EdgeGate.CommandLine;

/// <summary>Writes a tuning as a file that is put where it belongs, or for a program.</summary>
internal static class TuneText
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(MachineTuning tuning, string source, TuneFormat format) => format switch
    {
        TuneFormat.Json => Json(tuning, source),
        TuneFormat.Systemd => File(
            tuning, source, SettingTarget.Systemd,
            "/etc/systemd/system/edgegate.service.d/capacity.conf; then: systemctl daemon-reload, systemctl restart edgegate",
            "[Service]\n", setting => $"{setting.Key}={setting.Value}"),
        _ => File(
            tuning, source, SettingTarget.Sysctl, "/etc/sysctl.d/60-edgegate.conf; then: sysctl --system",
            "", setting => $"{(setting.IsOptional ? "-" : "")}{setting.Key} = {setting.Value}"),
    };

    private static string File(
        MachineTuning tuning, string source, SettingTarget target, string place, string heading, Func<Setting, string> line)
    {
        var text = new StringBuilder();
        text.Append($"# {Say.Number(tuning.Connections)} connections, {Name(tuning.Profile)}, for {source}.\n# Put it into {place}\n");
        foreach (string note in tuning.Notes)
        {
            text.Append($"# No setting mends this: {note}\n");
        }

        text.Append('\n').Append(heading);
        foreach (Setting setting in tuning.Settings.Where(s => s.Target == target))
        {
            text.Append($"# {setting.Why}\n{line(setting)}\n");
        }

        return text.ToString();
    }

    private static string Json(MachineTuning tuning, string source)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("connections", tuning.Connections);
            json.WriteString("profile", Name(tuning.Profile));
            json.WriteString("configuration", source);
            json.WriteStartArray("settings");
            foreach (Setting setting in tuning.Settings)
            {
                json.WriteStartObject();
                json.WriteString("target", setting.Target.ToString().ToLowerInvariant());
                json.WriteString("key", setting.Key);
                json.WriteString("value", setting.Value);
                json.WriteBoolean("optional", setting.IsOptional);
                json.WriteString("why", setting.Why);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("notes");
            foreach (string note in tuning.Notes)
            {
                json.WriteStringValue(note);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }

    private static string Name(TuningProfile profile) => profile.ToString().ToLowerInvariant();
}
