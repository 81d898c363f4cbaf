using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace EdgeGate.CommandLine.Top;

/// <summary>
/// Lays out what top shows for a screen of some size: as lines of Spectre.Console's markup, each as wide as the screen at
/// most.
/// </summary>
internal sealed class TopView(int width, int height)
{
    private const int MostBlocks = 6; // of listeners and of upstreams
    private const int Wide = 50; // half a screen with room for the second number

    private readonly List<string> _lines = [];

    private int Left => (width - 3) / 2;

    private int Right => width - 3 - Left;

    /// <summary>The whole screen. It tells the state how many rows of connections there is room for.</summary>
    public IReadOnlyList<string> Draw(TopState top)
    {
        if (top.State.ValueKind == JsonValueKind.Undefined)
        {
            return [top.Lost is { } lost ? $"[red]{Cut(lost, width)}[/]" : "waiting for the gateway"];
        }

        Head(top);
        Pair(Limits(top.State), Loops(top.State));
        _lines.Add("");
        Pair(Listeners(top.State), Upstreams(top.State));
        _lines.Add("");
        Connections(top);
        _lines.Add(Foot(top));
        return _lines;
    }

    private void Head(TopState top)
    {
        JsonElement state = top.State;
        bool ready = Text(state, "state") == "ready";
        string level = Text(state, "overloadLevel");
        bool overloaded = level is not ("" or "none" or "warn");
        string word = !ready ? "draining" : overloaded ? "overloaded" : "ready";
        string colour = !ready ? "yellow" : overloaded ? "red" : "green";
        string left = $"EdgeGate {Text(state, "version")}  up {Units.Age(Number(state, "uptime"))}";
        string right = $"{Units.Number(Number(state.GetProperty("live").GetProperty("connections"), "used"))} open  "
            + $"+{top.Rates.Accepted:0.#}/s  in {Units.Bytes(top.Rates.In)}/s  out {Units.Bytes(top.Rates.Out)}/s";
        int room = width - word.Length - 2 - right.Length - 1;
        _lines.Add($"[bold {colour}]{word}[/]  {Pad(left, room)} [bold]{Markup.Escape(right)}[/]");
        _lines.Add(
            top.Lost is { } lost ? $"[red]{Cut("no answer, what stands here is old: " + lost, width)}[/]"
            : overloaded ? $"[red]{Cut("overloaded: " + Overloaded(state), width)}[/]"
            : "");
    }

    private static string Overloaded(JsonElement state) => string.Join(
        ", ", state.GetProperty("overload").EnumerateObject()
            .Where(resource => Text(resource.Value, "level") is not ("none" or "warn"))
            .Select(resource => $"{resource.Name} at {Number(resource.Value, "pressure"):0 %} ({Text(resource.Value, "level")})"));

    private IEnumerable<string> Limits(JsonElement state) => state.GetProperty("live").EnumerateObject()
        .Select(limit => (limit.Name, Used: Number(limit.Value, "used"), Capacity: Number(limit.Value, "capacity")))
        .OrderByDescending(limit => limit.Capacity > 0 ? limit.Used / limit.Capacity : 0)
        .Take(Math.Max(3, (height - 14) / 3))
        .Select(limit => Bar(
            limit.Name, limit.Capacity > 0 ? limit.Used / limit.Capacity : 0,
            Units.Use(limit.Name, limit.Used, limit.Capacity), Left))
        .Prepend($"[bold]{Pad("LIMITS", Left)}[/]");

    private IEnumerable<string> Loops(JsonElement state) => state.GetProperty("loops").EnumerateArray()
        .Take(Math.Max(3, (height - 14) / 3))
        .Select(loop => Bar(
            $"loop {Number(loop, "index")}", Number(loop, "utilization"), $"{Units.Number(Number(loop, "connections"))} open", Right))
        .Prepend($"[bold]{Pad("LOOPS", Right)}[/]");

    // name ███████░░░░░░ 13 % 1,253 of 9,795
    private static string Bar(string name, double share, string figures, int room)
    {
        int bar = Math.Max(4, room - 14 - 6 - 24);
        int full = (int)Math.Round(Math.Clamp(share, 0, 1) * bar);
        string colour = share >= 0.9 ? "red" : share >= 0.8 ? "yellow" : "green";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Pad(name, 13)} [{colour}]{new string('█', full)}[/][grey]{new string('░', bar - full)}[/]{share * 100,4:0} % {Pad(figures, room - 13 - 1 - bar - 7)}");
    }

    private IEnumerable<string> Listeners(JsonElement state) => state.GetProperty("listeners").EnumerateArray()
        .Select(listener => Cells(
            Left, Text(listener, "name"), Text(listener, "protocol"), Units.Number(Number(listener, "active")),
            Units.Number(Number(listener, "rejected"))))
        .Take(MostBlocks)
        .Prepend($"[bold]{Cells(Left, "LISTENER", "PROTOCOL", "OPEN", "REJECTED")}[/]");

    private IEnumerable<string> Upstreams(JsonElement state)
    {
        var rows = from cluster in state.GetProperty("clusters").EnumerateArray()
                   from destination in cluster.GetProperty("destinations").EnumerateArray()
                   let up = destination.GetProperty("available").GetBoolean()
                   orderby up, Number(destination, "active") descending
                   let line = Cells(
                       Right, $"{Text(cluster, "id")}/{Text(destination, "id")}", up ? "up" : "DOWN",
                       Units.Number(Number(destination, "active")), Units.Number(Number(destination, "failures")))
                   select up ? line : $"[red]{line}[/]";
        return rows.Take(MostBlocks).Prepend($"[bold]{Cells(Right, "UPSTREAM", "HEALTH", "IN USE", "FAILURES")}[/]");
    }

    private static string Cells(int room, string name, string kind, string first, string second) =>
        room < Wide ? $"{Pad(name, room - 18)} {Pad(kind, 9)}{PadLeft(first, 8)}"
            : $"{Pad(name, room - 29)} {Pad(kind, 9)}{PadLeft(first, 8)}{PadLeft(second, 11)}";

    private void Pair(IEnumerable<string> left, IEnumerable<string> right)
    {
        string[] one = [.. left];
        string[] other = [.. right];
        for (int i = 0; i < Math.Max(one.Length, other.Length); i++)
        {
            _lines.Add((i < one.Length ? one[i] : new string(' ', Left)) + "   " + (i < other.Length ? other[i] : ""));
        }
    }

    private void Connections(TopState top)
    {
        TopColumns columns = TopColumns.For(width);
        _lines.Add($"[bold]{Markup.Escape(columns.Titles(top.Sort))}[/]");
        top.Rows = Math.Max(1, height - _lines.Count - 1);
        if (top.Connections.ValueKind == JsonValueKind.Undefined)
        {
            return;
        }

        int shown = 0;
        foreach (JsonElement row in top.Connections.GetProperty("rows").EnumerateArray().Take(top.Rows))
        {
            string line = Markup.Escape(columns.Row(row));
            _lines.Add(row.GetProperty("id").GetInt64() == top.Selected ? $"[invert]{line}[/]" : line);
            shown++;
        }

        // The foot stands at the foot, however few there are.
        _lines.AddRange(Enumerable.Repeat("", height == int.MaxValue ? 0 : Math.Max(0, top.Rows - shown)));
    }

    private string Foot(TopState top)
    {
        if (top.Victim is { } victim)
        {
            return $"[bold red]{Cut($"End connection {victim} from {top.VictimSource}? The client sees a reset.  y: end it, any other key: keep it", width)}[/]";
        }

        if (top.IsFinding)
        {
            return $"[bold]{Cut($"find: {top.Find}_   Enter: keep, Esc: all", width)}[/]";
        }

        string count = top.Connections.ValueKind == JsonValueKind.Undefined ? ""
            : $"{Units.Number(Number(top.Connections, "matching"))} of {Units.Number(Number(top.Connections, "total"))}";
        string find = top.Find.Length > 0 ? $" with '{top.Find}'" : "";
        string keys = top.Message ?? "b busiest  r slowest  a oldest  i idle  t retransmits  n id   / find  ↑↓ choose  k end  q quit";
        return $"[grey]{Cut($"{count}{find}   {keys}", width)}[/]";
    }

    private static string Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) ? value.ToString() : "";

    private static double Number(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.TryGetDouble(out double number) ? number : 0;

    private static string Pad(string text, int room) => Cut(text, room) + new string(' ', Math.Max(0, room - text.Length));

    private static string PadLeft(string text, int room) => new string(' ', Math.Max(0, room - text.Length)) + Cut(text, room);

    private static string Cut(string text, int room) =>
        Markup.Escape(text.Length <= room ? text : room > 0 ? text[..(room - 1)] + "…" : "");
}
