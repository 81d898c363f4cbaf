using System.Text.Json;

namespace EdgeGate.CommandLine.Top;

/// <summary>The columns of the connections: those that a screen has room for, the dispensable ones gone first.</summary>
internal sealed class TopColumns
{
    private const int LeastAddress = 15;
    private const int MostAddress = 45; // an IPv6 address with its port

    // The higher the rank, the sooner a column goes. Addresses share what is left.
    private static readonly Column[] All =
    [
        new("id", "ID", 7, 5, row => Text(row, "id")),
        new("", "LISTENER", -10, 3, row => Text(row, "listener")),
        new("", "SOURCE", 0, 0, row => Text(row, "source")),
        new("", "DESTINATION", 0, 0, row => Text(row, "destination")),
        new("", "STATE", -10, 4, row => Text(row, "state")),
        new("age", "AGE", 7, 2, row => Number(row, "age", Units.Age)),
        new("idle", "IDLE", 7, 6, row => Number(row, "idle", Units.Age)),
        new("", "IN", 9, 8, row => Number(row, "bytesIn", Units.Bytes)),
        new("", "OUT", 9, 8, row => Number(row, "bytesOut", Units.Bytes)),
        new("rate", "RATE", 11, 0, row => Rate(row)),
        new("rtt", "RTT", 7, 1, row => Number(row, "rtt", Units.Latency)),
        new("retransmits", "RETR", 6, 7, row => Text(row, "retransmits")),
    ];

    private readonly Column[] _columns;
    private readonly int _address;

    private TopColumns(Column[] columns, int address) => (_columns, _address) = (columns, address);

    private sealed record Column(string Sort, string Title, int Width, int Rank, Func<JsonElement, string> Text);

    public static TopColumns For(int width)
    {
        Column[] columns = All;
        int address = RoomOf(columns, width);
        for (int rank = 8; rank > 0 && address < LeastAddress; rank--)
        {
            columns = [.. columns.Where(column => column.Rank < rank)];
            address = RoomOf(columns, width);
        }

        return new TopColumns(columns, Math.Clamp(address, 8, MostAddress));
    }

    /// <summary>The titles; that of the column that is sorted by is marked.</summary>
    public string Titles(string sort) => Line(column => column.Title + (column.Sort == sort ? "▾" : ""));

    public string Row(JsonElement row) => Line(column => column.Text(row));

    private static int RoomOf(Column[] columns, int width) =>
        (width - columns.Sum(column => Math.Abs(column.Width)) - (columns.Length - 1)) / 2;

    private string Line(Func<Column, string> text) => string.Join(' ', _columns.Select(column => Fit(text(column), column.Width)));

    // A width below zero is aligned left, as are addresses.
    private string Fit(string text, int width)
    {
        int room = width == 0 ? _address : Math.Abs(width);
        text = text.Length > room ? text[..(room - 1)] + "…" : text;
        return width > 0 ? text.PadLeft(room) : text.PadRight(room);
    }

    private static string Text(JsonElement row, string name) =>
        row.TryGetProperty(name, out JsonElement value) && value.ToString() is { Length: > 0 } text ? text : "-";

    private static string Number(JsonElement row, string name, Func<double, string> say) =>
        row.TryGetProperty(name, out JsonElement value) && value.TryGetDouble(out double number) ? say(number) : "-";

    private static string Rate(JsonElement row) =>
        row.TryGetProperty("rateIn", out JsonElement rateIn) && row.TryGetProperty("rateOut", out JsonElement rateOut)
            ? Units.Bytes(rateIn.GetDouble() + rateOut.GetDouble()) + "/s" : "-";
}
