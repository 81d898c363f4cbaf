namespace EdgeGate.Tests.Kernel;

/// <summary>
/// A tree of kernel files in a temporary directory, written from one text: each file begins with a line
/// <c>== path</c>.
/// </summary>
internal sealed class RecordedMachine : IDisposable
{
    public RecordedMachine(params string[] recordings)
    {
        Root = Directory.CreateTempSubdirectory("edgegate-machine-").FullName;
        foreach (var recording in recordings)
        {
            foreach (var file in ("\n" + recording).Split("\n== ").Skip(1))
            {
                var end = file.IndexOf('\n', StringComparison.Ordinal);
                Write(end < 0 ? file : file[..end], end < 0 ? "" : file[(end + 1)..] + "\n");
            }
        }
    }

    public string Root { get; }

    public void Write(string path, string text)
    {
        var full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
