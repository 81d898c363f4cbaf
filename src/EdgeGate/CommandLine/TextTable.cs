namespace EdgeGate.CommandLine;

/// <summary>Columns as wide as what stands in them; a title that ends in a colon has its column aligned right.</summary>
internal sealed class TextTable(params string[] titles)
{
    private const string Gap = "  ";

    private readonly List<string[]> _rows = [[.. titles.Select(title => title.TrimEnd(':'))]];

    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>Writes the titles and the rows.</summary>
    public void Write(Terminal terminal)
    {
        int[] widths = [.. titles.Select((_, column) => _rows.Max(row => row[column].Length))];
        for (int i = 0; i < _rows.Count; i++)
        {
            string line = string.Join(Gap, _rows[i].Select((cell, column) => Pad(cell, column, widths[column]))).TrimEnd();
            terminal.Output.WriteLine(i == 0 ? terminal.Faint(line) : line);
        }
    }

    private string Pad(string cell, int column, int width) =>
        titles[column].EndsWith(':') ? cell.PadLeft(width) : cell.PadRight(width);
}
