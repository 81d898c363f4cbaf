using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using EdgeGate.Logging;

namespace EdgeGate.Tests.Logging;

public sealed class LogLineTests
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>A value of each kind, one of them hostile.</summary>
    private sealed class Sample(string text) : LogEntry
    {
        public override void Write(LogLine line)
        {
            line.Time("time"u8, new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(1)));
            line.Text("text"u8, text);
            line.Text("none"u8, null);
            line.Number("number"u8, -5);
            line.Seconds("seconds"u8, TimeSpan.FromTicks(15_000_017));
            line.Flag("yes"u8, true);
            line.Flag("no"u8, false);
        }
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("a\nb")]
    [InlineData("quote \" and = and \\")]
    [InlineData("\u001b[31mred \u2028")]
    [InlineData("")]
    public void Json_holds_every_value_in_one_line(string text)
    {
        var formatter = new JsonLogLine(_buffer);
        formatter.Format(new Sample(text));
        formatter.Format(new Sample(text));

        string[] lines = Lines();

        Assert.Equal(2, lines.Length);
        var line = JsonNode.Parse(lines[1])!;
        Assert.Equal(("2026-01-02T02:04:05.678Z", text), ((string?)line["time"], (string?)line["text"]));
        Assert.Equal((-5, 1.500002, true), ((int)line["number"]!, (double)line["seconds"]!, (bool)line["yes"]!));
        Assert.Equal(["time", "text", "number", "seconds", "yes"], line.AsObject().Select(p => p.Key));
    }

    [Theory]
    [InlineData("plain", "text=plain")]
    [InlineData("/a?b", "text=/a?b")]
    [InlineData("a\nb", "text=\"a\\nb\"")]
    [InlineData("a b=c", "text=\"a b=c\"")]
    [InlineData("say \"hi\"", "text=\"say \\\"hi\\\"\"")]
    [InlineData("", "text=\"\"")]
    [InlineData("\u001b[31m", "text=\"\\u001B[31m\"")]
    public void Text_quotes_what_is_not_plain(string text, string expected)
    {
        new TextLogLine(_buffer).Format(new Sample(text));

        Assert.Equal($"time=2026-01-02T02:04:05.678Z {expected} number=-5 seconds=1.500002 yes=true", Assert.Single(Lines()));
    }

    private string[] Lines()
    {
        string text = Encoding.UTF8.GetString(_buffer.WrittenSpan);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        return text[..^1].Split('\n');
    }
}
