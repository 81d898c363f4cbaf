using System.Text.Json;
using EdgeGate.CommandLine.Top;
using Spectre.Console;

namespace EdgeGate.Tests.CommandLine.Top;

/// <summary>What top shows and what its keys do, without a terminal.</summary>
public sealed class TopTests
{
    private readonly TopState _top = new();

    [Theory]
    [InlineData('q', ConsoleKey.Q, false)]
    [InlineData('\u0003', ConsoleKey.C, true)]
    public void It_ends(char character, ConsoleKey key, bool control) =>
        Assert.Equal(TopAction.Quit, _top.Press(new ConsoleKeyInfo(character, key, false, false, control)));

    [Fact]
    public void A_key_sorts_and_asks_again()
    {
        Assert.Contains("sort=rate", _top.Query);
        Assert.Equal(TopAction.Ask, Press('r', ConsoleKey.R));
        Assert.Contains("sort=rtt", _top.Query);
        Assert.Equal(TopAction.None, Press('r', ConsoleKey.R));
    }

    [Fact]
    public void What_is_typed_is_found_until_it_is_left()
    {
        Press('/', ConsoleKey.Divide);
        Assert.Equal(TopAction.Ask, Press('q', ConsoleKey.Q)); // a letter now, and no command
        Press('&', ConsoleKey.D7);
        Assert.Contains("find=q%26", _top.Query);
        Press('\b', ConsoleKey.Backspace);
        Press('\r', ConsoleKey.Enter);
        Assert.Equal("q", _top.Find);
        Assert.False(_top.IsFinding);
        Assert.Equal(TopAction.Ask, Press('\u001b', ConsoleKey.Escape));
        Assert.DoesNotContain("find", _top.Query);
    }

    [Fact]
    public void Nothing_is_ended_that_was_not_chosen_and_confirmed()
    {
        Show(7, 8, 9);
        Press('k', ConsoleKey.K);
        Assert.Null(_top.Victim);
        Assert.Contains("arrow keys", _top.Message);

        Press('\0', ConsoleKey.DownArrow);
        Press('\0', ConsoleKey.DownArrow);
        Press('k', ConsoleKey.K);
        Assert.Equal(8, _top.Victim);
        Assert.Equal("10.0.0.8:1", _top.VictimSource);
        Assert.Equal(TopAction.None, Press('k', ConsoleKey.K));
        Assert.Null(_top.Victim);
        Assert.Equal(TopAction.None, Press('y', ConsoleKey.Y));

        Press('k', ConsoleKey.K);
        Assert.Equal(TopAction.Kill, Press('y', ConsoleKey.Y));
        Assert.Equal(8, _top.TakeVictim());
        Assert.Null(_top.Victim);
    }

    [Fact]
    public void The_cursor_stays_on_its_connection()
    {
        Show(7, 8, 9);
        Press('\0', ConsoleKey.DownArrow);
        Press('\0', ConsoleKey.DownArrow);
        Show(9, 8, 7);
        Press('\0', ConsoleKey.UpArrow);
        Assert.Equal(9, _top.Selected);
        Show(1, 2);
        Press('k', ConsoleKey.K);
        Assert.Null(_top.Victim); // it has ended
        Press('\0', ConsoleKey.DownArrow);
        Assert.Equal(1, _top.Selected);
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(120, 40)]
    [InlineData(200, 60)]
    [InlineData(40, 10)]
    public void The_picture_is_as_large_as_the_screen(int width, int height)
    {
        _top.Take("state", Json(State));
        Show([.. Enumerable.Range(1, 100).Select(i => (long)i)]);

        var lines = new TopView(width, height).Draw(_top);

        Assert.All(lines, line => Assert.InRange(Plain(line).Length, 0, Math.Max(width, 60)));
        if (height >= 24)
        {
            Assert.Equal(height, lines.Count);
            Assert.All(lines, line => Assert.InRange(Plain(line).Length, 0, width));
        }

        Assert.Contains(lines, line => line.Contains("10.0.0.1:1", StringComparison.Ordinal));
    }

    [Fact]
    public void Overload_and_what_is_down_are_red()
    {
        _top.Take("state", Json(State));
        Show(1);

        var lines = new TopView(120, 40).Draw(_top);

        Assert.Contains(lines, line => line.Contains("[red]overloaded: descriptors at 95 % (close_idle)", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("[red]game/two", StringComparison.Ordinal) && line.Contains("DOWN", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("950 of 1,000", StringComparison.Ordinal));
    }

    [Fact]
    public void Names_that_look_like_markup_are_names()
    {
        _top.Take("state", Json(State.Replace("\"web\"", "\"[red]\"", StringComparison.Ordinal)));
        Show(1);

        Assert.Contains(new TopView(120, 40).Draw(_top), line => Plain(line).Contains("[red]", StringComparison.Ordinal));
    }

    private const string State = """
        { "state": "ready", "version": "1.2.3", "uptime": 100.5, "overloadLevel": "close_idle",
          "live": { "connections": { "used": 10, "capacity": 500 }, "descriptors": { "used": 950, "capacity": 1000 } },
          "overload": { "descriptors": { "level": "close_idle", "pressure": 0.95 }, "connections": { "level": "none", "pressure": 0.02 } },
          "loops": [ { "index": 0, "connections": 5, "utilization": 0.5 }, { "index": 1, "connections": 5 } ],
          "listeners": [ { "name": "web", "protocol": "http", "active": 10, "accepted": 20, "rejected": 1, "bytesIn": 5, "bytesOut": 6 } ],
          "clusters": [ { "id": "game", "destinations": [ { "id": "one", "available": true, "active": 3, "failures": 0 },
                                                           { "id": "two", "available": false, "active": 0, "failures": 7 } ] } ] }
        """;

    private static string Plain(string line) => Markup.Remove(line);

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    private TopAction Press(char character, ConsoleKey key) => _top.Press(new ConsoleKeyInfo(character, key, false, false, false));

    private void Show(params long[] ids) => _top.Take("connections", Json(
        $$"""{ "total": {{ids.Length}}, "matching": {{ids.Length}}, "rows": [ {{string.Join(", ", ids.Select(Row))}} ] }"""));

    private static string Row(long id) => $$"""
        { "id": {{id}}, "listener": "web", "protocol": "http", "source": "10.0.0.{{id}}:1", "destination": "10.1.0.1:80", "state": "open",
          "age": 12.5, "idle": 0.5, "bytesIn": 100, "bytesOut": 2000, "rateIn": 5, "rateOut": 7, "rtt": 0.002, "retransmits": 0 }
        """;
}
