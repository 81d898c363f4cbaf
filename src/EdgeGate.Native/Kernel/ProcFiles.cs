using System.Globalization;

namespace EdgeGate.Native.Kernel;

/// <summary>Small kernel files below a root. What cannot be read is null or empty, never an exception.</summary>
internal sealed class ProcFiles(string root)
{
    public string? Text(string path)
    {
        try
        {
            return File.ReadAllText(Path.Combine(root, path.TrimStart('/')));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException
            or NotSupportedException)
        {
            return null;
        }
    }

    public string[] Lines(string path) => Text(path)?.Split('\n') ?? [];

    public long? Number(string path) =>
        long.TryParse(Text(path)?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
